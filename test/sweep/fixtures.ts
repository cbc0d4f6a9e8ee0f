import { type ReadSweep, type ReadSweepOptions, readSweep } from "../../src/sweep/file/read-sweep.ts";
import type { Distribution, Parameter, Sweep } from "../../src/sweep/sweep.ts";
import { memoryFiles, problemsOf } from "../experiment/fixtures.ts";

/** What sweeps of the tests are laid over. */
export const base = `model: beta
dataset: {kind: synthetic, count: 64}
image: {size: 16}
samples: {seen: 2, unseen: 2}
train:
  optimizer: {name: adam, learning_rate: 1e-3}
`;

/** As the file sweeps/demo.yaml in /project, with base.yaml beside it. */
export function read(
  text: string,
  options: Partial<ReadSweepOptions> & { readonly files?: never } = {},
  others: Readonly<Record<string, string>> = {},
): ReadSweep {
  const files = memoryFiles({ "/project/sweeps/base.yaml": base, ...others });
  return readSweep(text, { file: "sweeps/demo.yaml", cwd: "/project", ...options, files });
}

/** The text as a file on its own. */
export function readText(text: string, options: Parameters<typeof read>[1] = {}): Sweep {
  return read(text, options).sweep;
}

/** Whole lines. */
export function problemsOfSweep(text: string, options: Parameters<typeof read>[1] = {}): string[] {
  return problemsOf(() => read(text, options));
}

export function sweepOf(text: string, options: Parameters<typeof read>[1] = {}): Sweep {
  return read(`experiment: base.yaml\n${text}`, options).sweep;
}

/** The problems of a text without the file's name in front; its first line is line 2. */
export function problems(text: string, options: Parameters<typeof read>[1] = {}): string[] {
  return problemsOf(() => read(`experiment: base.yaml\n${text}`, options)).map((line) =>
    line.replace(/^sweeps\/demo\.yaml:/, ""),
  );
}

export function parameter(name: string, distribution: Distribution): Parameter {
  return { name, distribution, place: { file: "test", folder: "/", line: null } };
}
