// Seeded random numbers: a stream for every key, such as (seed, step, layer), so that a resumed run and
// every engine see the same draws. Generator: sfc32 (PractRand); the key is mixed in with murmur3's finalizer.
// Not for cryptography.

import { standardNormal } from "./ziggurat.ts";

export type RandomStream = {
  /** A number in [0, 1) with 32 random bits. */
  uniform(): number;
  /** A whole number in [0, bound). */
  below(bound: number): number;
  /** A draw from the standard normal distribution. */
  normal(): number;
};

/** The stream that belongs to `key`: the same key gives the same numbers, other keys unrelated ones. */
export function randomStream(...key: readonly (number | string)[]): RandomStream {
  let [a, b, c] = [0x9e3779b9, 0x243f6a88, 0xb7e15162];
  for (const part of key) {
    for (const word of typeof part === "string" ? wordsOfText(part) : wordsOfNumber(part)) {
      a = mix(a ^ word);
      b = mix(b + a);
      c = mix(c ^ b);
    }
  }
  let counter = 1;
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  };
  for (let round = 0; round < 12; round++) next();

  const uniform = () => next() / 2 ** 32;
  return {
    uniform,
    below: (bound) => Math.floor(uniform() * bound),
    normal: () => standardNormal(uniform),
  };
}

/** The whole numbers 0..count-1 in an order that `stream` decides (Fisher-Yates). */
export function shuffled(count: number, stream: RandomStream): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = stream.below(last + 1);
    const kept = order[last]!;
    order[last] = order[other]!;
    order[other] = kept;
  }
  return order;
}

function mix(word: number): number {
  let h = word | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

function wordsOfNumber(value: number): number[] {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return [view.getInt32(0), view.getInt32(4)];
}

function wordsOfText(text: string): number[] {
  return [text.length, ...Array.from(text, (character) => character.codePointAt(0)!)];
}
