// test/golden/colors.json, and what a picture's bytes become.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { openPicture } from "../../../src/datasets/formats/open-picture.ts";

type Profile = {
  readonly name: string;
  readonly icc: string;
  readonly colors: readonly (readonly [number, number, number])[];
  readonly expected: readonly (readonly number[])[];
};
type Golden = {
  readonly profiles: readonly Profile[];
  readonly grey: {
    readonly icc: string;
    readonly levels: readonly number[];
    readonly expected: readonly number[];
  };
  readonly avif: readonly {
    readonly name: string;
    readonly file: string;
    readonly expected: readonly number[];
  }[];
  readonly nclx: Readonly<Record<string, string>>;
  readonly restarts: string;
};

export const golden = JSON.parse(
  readFileSync(new URL("../../golden/colors.json", import.meta.url), "utf8"),
) as Golden;

export const fromBase64 = (text: string) => Buffer.from(text, "base64");

/** The picture's square and what is said of its colors. */
export async function shown(bytes: Buffer, size = 8) {
  const picture = await openPicture(bytes);
  const pixels = await picture.square(size);
  return { pixels, rgb: [...pixels.subarray(0, 3)], ...picture.colors() };
}

export function assertNear(
  got: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  what: string,
): void {
  const near = Array.from(expected).every((value, index) => Math.abs(value - got[index]!) <= tolerance);
  assert.ok(near, `${what}: expected ${Array.from(expected)}, got ${Array.from(got)}`);
}
