// Sweeps from disk.

import { disk, readUserFile } from "../../experiment/load-experiment.ts";
import { type ReadSweep, readSweep } from "./read-sweep.ts";

export type LoadSweepOptions = {
  /** One of the file's `variants`, such as "smoke". */
  readonly variant?: string | null;
  /** In place of the file's own `experiment`. */
  readonly experiment?: string | null;
};

/** Throws a UserError whose message has one line for every problem of the file and of its trials' experiments. */
export function loadSweep(file: string, options: LoadSweepOptions = {}): ReadSweep {
  return readSweep(readUserFile(file), { file, files: disk, cwd: process.cwd(), ...options });
}
