// A 63-bit hash of what a picture looks like (pHash, after Neal Krawetz): the lowest 8 x 8 frequencies of its luma by
// a discrete cosine transform, without the mean, and per frequency whether it is above their median. Equal pictures
// differ in few bits; which few, and what else it takes, stands in near-duplicates.ts.

/** Width and height of the picture that is hashed. */
const size = 32;
const frequencies = 8;

/** A picture without at least this standard deviation of luma (of 255) looks like every other dark or blank one. */
const leastContrast = 4;

const cosines = Float64Array.from({ length: frequencies * size }, (_, at) => {
  const [frequency, pixel] = [Math.floor(at / size), at % size];
  return Math.cos(((2 * pixel + 1) * frequency * Math.PI) / (2 * size));
});

/** uint8 RGB [32, 32, 3] -> 16 hexadecimal digits; null for a picture without contrast. */
export function perceptualHash(rgb: Uint8Array): string | null {
  const luma = lumaOf(rgb);
  if (deviation(luma) < leastContrast) return null;
  const rows = new Float64Array(frequencies * size);
  for (let v = 0; v < frequencies; v++) {
    for (let y = 0; y < size; y++) {
      let sum = 0;
      for (let x = 0; x < size; x++) sum += cosines[v * size + x]! * luma[y * size + x]!;
      rows[v * size + y] = sum;
    }
  }
  const spectrum = new Float64Array(frequencies * frequencies);
  for (let u = 0; u < frequencies; u++) {
    for (let v = 0; v < frequencies; v++) {
      let sum = 0;
      for (let y = 0; y < size; y++) sum += cosines[u * size + y]! * rows[v * size + y]!;
      spectrum[u * frequencies + v] = sum;
    }
  }
  const median = spectrum.slice(1).sort()[31]!;
  let text = "";
  for (let at = 0; at < spectrum.length; at += 4) {
    let digit = 0;
    for (let bit = at; bit < at + 4; bit++) digit = 2 * digit + (bit > 0 && spectrum[bit]! > median ? 1 : 0);
    text += digit.toString(16);
  }
  return text;
}

/** uint8 RGB [pixels, 3] -> luma in 0..255. */
export function lumaOf(rgb: Uint8Array): Float64Array {
  return Float64Array.from(
    { length: rgb.length / 3 },
    (_, pixel) => 0.299 * rgb[3 * pixel]! + 0.587 * rgb[3 * pixel + 1]! + 0.114 * rgb[3 * pixel + 2]!,
  );
}

function deviation(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}
