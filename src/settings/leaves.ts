// The leaves that the schema is made of, each with the words that complete "expected …".

import { z } from "zod";

type Range = { readonly least: number; readonly most?: number };

/** A whole number between `least` and `most`, both included. */
export function whole(unit: string, { least, most }: Range) {
  const noun = unit === "" ? "a whole number" : `a whole number of ${unit}`;
  const error = `${noun}, ${most === undefined ? `at least ${least}` : `${least} to ${most}`}`;
  // Beyond these two whole numbers are the same number.
  const tooLarge = `${noun}, ${least} to ${most ?? Number.MAX_SAFE_INTEGER}`;
  const number = z
    .int({ error: ({ input }) => (isTooLarge(input) ? tooLarge : error) })
    .min(least, { error });
  return most === undefined ? number : number.max(most, { error });
}

function isTooLarge(input: unknown): boolean {
  return typeof input === "number" && Number.isFinite(input) && input > Number.MAX_SAFE_INTEGER;
}

export function above(least: number) {
  const error = least === 0 ? "a number greater than 0" : `a number greater than ${least}`;
  return z.number({ error }).gt(least, { error });
}

export function atLeast(least: number) {
  const error = `a number of at least ${least}`;
  return z.number({ error }).min(least, { error });
}

/** 0 <= x < 1, as decay rates are. */
export function rate() {
  const error = "a number of at least 0 and less than 1";
  return z.number({ error }).min(0, { error }).lt(1, { error });
}

export function share() {
  const error = "a share greater than 0 and less than 1";
  return z.number({ error }).gt(0, { error }).lt(1, { error });
}

export function text() {
  const error = "a text that is not empty";
  return z.string({ error }).regex(/\S/, { error });
}

/** The width of a layer. */
export function channels(what: string, usual: number) {
  return whole("channels", { least: 1, most: 1024 }).default(usual).describe(what);
}

export function oneOf<const Names extends readonly [string, ...string[]]>(names: Names) {
  return z.enum(names, { error: `one of ${names.join(", ")}` });
}

export function kind<const Name extends string>(name: Name, description: string) {
  return z.literal(name).describe(description);
}
