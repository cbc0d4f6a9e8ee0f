import { readFileSync } from "node:fs";
import type { PastTrial } from "../../src/sweep/trial.ts";

/** A fixture of test/golden. */
export function golden<Content>(name: string): Content {
  return JSON.parse(readFileSync(new URL(`../golden/${name}`, import.meta.url), "utf8"));
}

/** JSON has neither NaN nor infinities: they stand there as texts. */
export type Num = number | "nan" | "inf" | "-inf";

export function num(value: Num): number {
  if (typeof value === "number") return value;
  return value === "nan" ? Number.NaN : value === "inf" ? Infinity : -Infinity;
}

export type GoldenTrial = {
  readonly state: PastTrial["state"];
  readonly value: Num | null;
  readonly curve: readonly (readonly [epoch: number, value: Num])[];
};

export function trialOf({ state, value, curve }: GoldenTrial, number: number): PastTrial {
  return {
    number,
    parameters: {},
    state,
    value: value === null ? null : num(value),
    curve: curve.map(([epoch, each]) => ({ epoch, value: num(each) })),
  };
}
