// The series of a run, as their declarations (src/runs/series.ts) say what they are.

import { bestPoint, type Point } from "../runs/best.ts";
import type { SeriesSpec } from "../runs/series.ts";
import type { Series } from "../store/rows.ts";
import type { ReportRun } from "./read-report-runs.ts";

/** Such as "unseen chroma ratio". */
export function seriesTitle({ set, title }: Pick<SeriesSpec, "set" | "title">): string {
  return `${set} ${title}`;
}

/** Behind a value; a ratio and a share are plain numbers. */
export function unitOf({ unit }: Pick<SeriesSpec, "unit">): string {
  return unit === "ratio" || unit === "share" ? "" : unit;
}

/** The loss on the images of a set; undefined where it was never measured. */
export function lossOf({ series }: Pick<ReportRun, "series">, set = "unseen"): Series | undefined {
  return series.find(({ spec }) => spec.set === set && spec.family === "loss");
}

/** The lowest loss on unseen images after a step of training. */
export function bestLossPoint(run: Pick<ReportRun, "series">): Point | null {
  const losses = lossOf(run);
  return losses === undefined ? null : bestPoint(losses, "lower");
}

/**
 * Whether its last value is what a run came to: what images were measured to have. Shares of colors are no results; they
 * have a table of their own.
 */
export function isResult({ family, better }: SeriesSpec): boolean {
  return family === "metric" || ((family === "color" || family === "emergence") && better !== "none");
}

/** Whether a chart of it says something: real images do not change, shares of colors stand in a table. */
export function isDrawn({ spec, step }: Series): boolean {
  return (
    step.length > 0 && spec.family !== "real" && !(spec.family === "emergence" && spec.better === "none")
  );
}
