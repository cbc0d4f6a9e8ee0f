// Value noise and its fractal sum, for the textures of the scenes. Both give values in [0, 1].

import type { RandomStream } from "../../random.ts";

export type Noise = {
  /** Smooth noise with one lattice point per unit. */
  at(x: number, y: number): number;
  /** `octaves` layers of it, each twice as fine and half as strong. */
  fractal(x: number, y: number, octaves: number): number;
};

export function createNoise(stream: RandomStream): Noise {
  const seed = stream.below(2 ** 31);
  const lattice = (x: number, y: number): number => {
    let h = Math.imul(x, 374761393) + Math.imul(y, 668265263) + seed;
    h = Math.imul(h ^ (h >>> 13), 1274126177);
    return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32;
  };
  const at = (x: number, y: number): number => {
    const [left, top] = [Math.floor(x), Math.floor(y)];
    const [fx, fy] = [x - left, y - top];
    const [sx, sy] = [fx * fx * (3 - 2 * fx), fy * fy * (3 - 2 * fy)];
    const upper = lattice(left, top) * (1 - sx) + lattice(left + 1, top) * sx;
    const lower = lattice(left, top + 1) * (1 - sx) + lattice(left + 1, top + 1) * sx;
    return upper * (1 - sy) + lower * sy;
  };
  const fractal = (x: number, y: number, octaves: number): number => {
    let [sum, weight, total] = [0, 1, 0];
    for (let octave = 0; octave < octaves; octave++) {
      sum += at(x * 2 ** octave + octave * 17, y * 2 ** octave + octave * 31) * weight;
      total += weight;
      weight /= 2;
    }
    return sum / total;
  };
  return { at, fractal };
}
