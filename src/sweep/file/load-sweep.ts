// Sweeps from disk.

import { disk, readUserFile } from "../../experiment/load-experiment.ts";
import { type ReadSweep, type ReadSweepOptions, readSweep } from "./read-sweep.ts";

export type LoadSweepOptions = Pick<ReadSweepOptions, "variant" | "experiment" | "overrides">;

/** Throws a UserError whose message has one line for every problem of the file and of its trials' experiments. */
export function loadSweep(file: string, options: LoadSweepOptions = {}): ReadSweep {
  return readSweep(readUserFile(file), { file, files: disk, cwd: process.cwd(), ...options });
}
