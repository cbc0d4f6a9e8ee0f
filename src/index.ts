// The API of the package (docs/api.md). What trains or draws is loaded when it is called: importing costs little.

import type { Experiment } from "./experiment/experiment.ts";
import { silent } from "./output.ts";
import type { ReportOptions, WrittenReport } from "./report/write-report.ts";
import type { RunOptions, RunResult } from "./runner/run-experiment.ts";
import type { Store } from "./store/open-store.ts";

export { UserError } from "./errors.ts";
export { completeExperiment } from "./experiment/complete-experiment.ts";
export type { Experiment } from "./experiment/experiment.ts";
export { loadExperiment } from "./experiment/load-experiment.ts";
export { type Output, terminalOutput } from "./output.ts";
export type { ReportOptions, WrittenReport } from "./report/write-report.ts";
export type { RunOptions, RunResult } from "./runner/run-experiment.ts";
export { openStore, type Store, type StoreOptions } from "./store/open-store.ts";

/**
 * Trains an experiment and resolves when its run has ended: FINISHED, KILLED after a signal, or FAILED when a loss is no
 * longer finite. Whatever else goes wrong is thrown. Says nothing unless `output` is given.
 */
export async function runExperiment(
  experiment: Experiment,
  options: Pick<RunOptions, "runsFolder"> & Partial<RunOptions>,
): Promise<RunResult> {
  const runner = await import("./runner/run-experiment.ts");
  return runner.runExperiment(experiment, { source: null, resume: null, output: silent, ...options });
}

/**
 * Writes one self-contained HTML page about runs: ids, their beginnings, names or `latest`. Throws UserError for an
 * unknown run, where nothing fits into `maxSize`, and where a file cannot be written.
 */
export async function writeReport(
  store: Store,
  runs: readonly string[],
  options: Pick<ReportOptions, "out"> & Partial<ReportOptions>,
): Promise<WrittenReport> {
  const report = await import("./report/write-report.ts");
  return report.writeReport(store, runs, { png: null, ...options });
}
