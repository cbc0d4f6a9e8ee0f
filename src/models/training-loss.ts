import { type SeriesKind, seriesKind } from "../runs/series.ts";

/** What every step logs of a network with one loss. */
export function trainingLoss(lossKind: string): SeriesKind {
  return seriesKind({
    name: "loss",
    family: "loss",
    better: "lower",
    per: "step",
    chart: "Loss",
    compares: lossKind,
    description: `${lossKind} of a batch`,
  });
}
