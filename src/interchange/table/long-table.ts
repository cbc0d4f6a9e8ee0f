// The long table: one row for every value that runs have logged, the form that pandas, DuckDB and R start from.

import type { Store } from "../../store/open-store.ts";

export type LongRow = {
  readonly run: string;
  readonly run_name: string;
  /** Such as "unseen/psnr". */
  readonly series: string;
  readonly step: number;
  readonly epoch: number;
  /** Seconds since the run began, pauses left out. */
  readonly elapsed_s: number;
  /** NaN and infinities as they were logged. */
  readonly value: number;
};

export const longColumns = [
  "run",
  "run_name",
  "series",
  "step",
  "epoch",
  "elapsed_s",
  "value",
] as const satisfies readonly (keyof LongRow)[];

/** Run by run in the order asked for, series by series in the order of their declaration, by step. */
export function* longRows(
  store: Pick<Store, "getRun" | "allSeries">,
  runIds: readonly string[],
): Generator<LongRow> {
  for (const id of runIds) {
    const { name, stepsPerEpoch } = store.getRun(id);
    for (const { name: series, step, elapsedMs, value } of store.allSeries(id))
      for (let at = 0; at < step.length; at++)
        yield {
          run: id,
          run_name: name,
          series,
          step: step[at]!,
          epoch: step[at]! / stepsPerEpoch,
          elapsed_s: elapsedMs[at]! / 1000,
          value: value[at]!,
        };
  }
}
