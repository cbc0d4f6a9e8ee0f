// What bench/fuzz.ts and its child say to each other, and the files that a finding leaves.

import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { KindName } from "../test/fuzz/targets.ts";
import type { Mutation } from "../test/fuzz/try-mutation.ts";

export type FuzzRange = {
  readonly name: KindName;
  readonly seed: number;
  readonly from: number;
  /** Up to this one, which is not tried. */
  readonly count: number;
  /** Empty, for the child's files. */
  readonly folder: string;
  /** Where inputs of findings are kept. */
  readonly inputs: string;
};

/** Of every mutation, in their order. */
export type FuzzMessage = {
  readonly outcome: "loaded" | "refused" | "findings";
  readonly processorMs: number;
};

type Finding = {
  readonly name: KindName;
  readonly seed: number;
  readonly index: number;
  readonly why: string;
};

/** Writes the input and what it did, and says so. */
export function keepFinding(
  inputs: string,
  { name, seed, index, why }: Finding,
  { original, content }: Mutation,
): void {
  const file = path.join(inputs, `${name}-${index}-${path.basename(original.name)}`);
  mkdirSync(inputs, { recursive: true });
  writeFileSync(file, content);
  writeFileSync(`${file}.txt`, `${original.name}, seed ${seed}, mutation ${index}\n${why}\n`);
  console.error(`${name} ${index}: ${original.name}: ${why.split("\n")[0]!.slice(0, 300)}`);
}
