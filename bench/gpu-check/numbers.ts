// Numbers that look random and that check.py makes alike from the same few words, so that no weights travel.

import type { State, TensorArray, TensorSpec } from "../../src/training-step.ts";
import { sizeOf } from "../../src/training-step.ts";

export type Spread = { readonly shape: readonly number[]; readonly mean: number; readonly std: number };

/** The spread of every tensor, which tells its first values: 0 where all are alike. */
export function spreadsOf(state: State): Record<string, Spread> {
  return Object.fromEntries(
    Object.entries(state).map(([name, { shape, data }]) => {
      let [sum, squares] = [0, 0];
      for (let i = 0; i < data.length; i++) {
        sum += data[i]!;
        squares += data[i]! ** 2;
      }
      const mean = sum / data.length;
      const alike = data.every((x) => x === data[0]);
      return [name, { shape, mean, std: alike ? 0 : Math.sqrt(squares / data.length - mean ** 2) }];
    }),
  );
}

export function stateOf(spreads: Readonly<Record<string, Spread>>): State {
  return Object.fromEntries(
    Object.entries(spreads).map(([name, { shape, mean, std }]) => {
      const data = new Float32Array(sizeOf(shape));
      fill(name, data, (u) => mean + (u - 0.5) * Math.sqrt(12) * std);
      return [name, { shape, data }];
    }),
  );
}

export function inputOf(name: string, { shape, dtype }: TensorSpec, count: number): TensorArray {
  const size = count * sizeOf(shape);
  if (dtype === "float32") return fill(name, new Float32Array(size), (u) => u);
  return fill(name, new Uint8Array(size), (u) => Math.floor(256 * u));
}

/** Of numbers in [0, 1). */
function fill<A extends TensorArray>(name: string, array: A, of: (u: number) => number): A {
  let seed = 0;
  for (const character of name) seed = (Math.imul(seed, 31) + character.charCodeAt(0)) >>> 0;
  for (let index = 0; index < array.length; index++) {
    let x = (Math.imul(index + 1, 0x9e3779b1) + seed) >>> 0;
    x = Math.imul(x ^ (x >>> 15), 0x85ebca77) >>> 0;
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae3d) >>> 0;
    array[index] = of(((x ^ (x >>> 16)) >>> 0) / 2 ** 32);
  }
  return array;
}
