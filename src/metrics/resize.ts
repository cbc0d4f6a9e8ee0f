/**
 * A picture, uint8 [from, from, 3], as float32 [size, size, 3] in [-1, 1], bilinearly as torch's
 * interpolate(mode="bilinear", align_corners=False): no low-pass filter where it shrinks.
 */
export function resizedToUnit(picture: Uint8Array, from: number, size: number): Float32Array {
  const result = new Float32Array(size * size * 3);
  const places = Array.from({ length: size }, (_, index) => {
    const at = Math.max(0, ((index + 0.5) * from) / size - 0.5);
    const low = Math.min(from - 1, Math.floor(at));
    return { low, high: Math.min(from - 1, low + 1), share: at - low };
  });
  let to = 0;
  for (const row of places) {
    for (const column of places) {
      for (let channel = 0; channel < 3; channel++) {
        const at = (y: number, x: number) => picture[(y * from + x) * 3 + channel]!;
        const upper = at(row.low, column.low) * (1 - column.share) + at(row.low, column.high) * column.share;
        const lower =
          at(row.high, column.low) * (1 - column.share) + at(row.high, column.high) * column.share;
        result[to++] = (upper * (1 - row.share) + lower * row.share) / 127.5 - 1;
      }
    }
  }
  return result;
}
