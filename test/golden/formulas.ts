// The numbers that golden files do not store because a formula repeats them: see make_beta.py and make_pix2pix.py.

/** murmur3's finalizer over a place, in [0, 1). */
export function hash(index: number): number {
  let h = index | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32;
}

/** Pictures [N, H, W, 3] of ramps and noise. */
export function goldenImages([images, height, width]: readonly number[]): Uint8Array {
  return Uint8Array.from({ length: images! * height! * width! * 3 }, (_, i) => {
    const [c, x, y] = [i % 3, Math.floor(i / 3) % width!, Math.floor(i / 3 / width!) % height!];
    const n = Math.floor(i / 3 / width! / height!);
    const ramp = (5 * y + 3 * x + 60 * c + 90 * n) & 255;
    return (3 * ramp + Math.floor(256 * hash(i))) >> 2;
  });
}

export function everyNth(numbers: ArrayLike<number>, n: number): number[] {
  return Array.from(numbers).filter((_, i) => i % n === 0);
}

/** One number that a transposed or shuffled tensor does not repeat. */
export function dotWithFormula(numbers: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < numbers.length; i++) sum += numbers[i]! * 2 * (hash(i) - 0.5);
  return sum;
}
