// What an experiment will log, known before it begins: whoever writes series declares them here, in the order in which
// they are first logged. Loads no TensorFlow.js.

import type { Experiment } from "../experiment/experiment.ts";
import { metricKinds } from "../metrics/metrics.ts";
import { modelOf } from "../models/models.ts";
import { inSet, type SeriesKind, type SeriesSpec, seriesKind } from "../runs/series.ts";
import { colorKinds } from "./emergence/color-series.ts";

const averagePrecision = seriesKind({
  name: "average_precision",
  family: "metric",
  better: "higher",
  range: [0, 1],
  description: "mean over labels of the average precision",
});

const rate = { family: "rate", better: "none", per: "step", chart: "Learning rates" } as const;
const time = { family: "time", better: "lower", unit: "s" } as const;

const evaluationTime = seriesKind({
  ...time,
  name: "evaluation_seconds",
  description: "losses, metrics, colors and samples of an epoch",
});

const rateKind = (name: string) => seriesKind({ ...rate, name, description: "schedule included" });

const times: readonly SeriesKind[] = [
  seriesKind({
    name: "images_per_second",
    family: "time",
    better: "higher",
    unit: "1/s",
    per: "step",
    description: "of a call of the engine",
  }),
  seriesKind({
    ...time,
    name: "epoch_seconds",
    chart: "Time of an epoch, s",
    description: "training of an epoch",
  }),
  seriesKind({
    ...time,
    name: "waiting_seconds",
    chart: "Time of an epoch, s",
    description: "the part of it spent waiting for images",
  }),
];

/** What of an experiment says which series it logs, and what their values compare with. */
export type Logged = Pick<Experiment, "model" | "metrics" | "evaluate" | "precision">;

/** Every series that a training of `experiment` may log. */
export function declaredSeries(experiment: Logged): SeriesSpec[] {
  const series = seriesOf(experiment);
  const { precision } = experiment;
  if (precision === "float32") return series;
  // Beside those of another precision none is marked as the best.
  return series.map((spec) => ({
    ...spec,
    compares: spec.compares === "" ? precision : `${spec.compares}, ${precision}`,
  }));
}

function seriesOf(experiment: Logged): SeriesSpec[] {
  const { model, evaluate } = experiment;
  const { output, series, networks } = modelOf(model);
  const isColoring = output(model) !== "labels";
  const measured = isColoring ? experiment.metrics.flatMap(metricKinds) : [];
  const sets = measured.length > 0 ? Object.keys(evaluate) : [];
  const [unseenLoss, seenLoss] = [
    lossKind(experiment, "Loss", "mean loss of the unseen images"),
    lossKind(experiment, "Loss", "mean training loss of an epoch, while the network changes"),
  ];
  return [
    ...inSet("unseen", [unseenLoss, ...(isColoring ? colorKinds : [averagePrecision]), ...measured]),
    ...inSet("seen", measured),
    ...sets.flatMap((set) => evaluationSeries(experiment, set, measured)),
    ...inSet("train", [evaluationTime, ...series(model), ...networks.map(({ rate }) => rateKind(rate))]),
    ...inSet("train", times),
    ...inSet("seen", [seenLoss]),
  ];
}

/** What is measured on a set of images beside the run's own. */
export function evaluationSeries(
  experiment: Pick<Experiment, "model">,
  set: string,
  metrics: readonly SeriesKind[],
): SeriesSpec[] {
  return inSet(set, [lossKind(experiment, null, "mean loss of the images"), ...metrics]);
}

function lossKind(
  { model }: Pick<Experiment, "model">,
  chart: string | null,
  description: string,
): SeriesKind {
  const compares = modelOf(model).lossKind(model);
  return seriesKind({ name: "loss", family: "loss", better: "lower", chart, compares, description });
}
