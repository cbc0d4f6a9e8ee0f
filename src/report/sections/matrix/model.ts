// Trained on x tested on: every metric of every pair, and pictures. A run counts on its own unseen images; on those of
// other data sets where it was evaluated on them (ReportRun.evaluations).

import { areComparable, type Origin } from "../../../runs/comparable.ts";
import { type Better, bestOf, betterOf } from "../../better.ts";
import { measuresOf } from "../../measures.ts";
import type { ReportRun } from "../../read-report-runs.ts";
import { seriesLabel } from "../../series-label.ts";

export type MatrixCell = {
  /** Metric -> mean of the runs that have it. */
  readonly metrics: ReadonlyMap<string, { readonly value: number; readonly runs: number }>;
  /** Hashes of pictures, of the first run. */
  readonly samples: readonly { readonly imageId: string; readonly hash: string }[];
};

export type TransferMatrix = {
  readonly trainedOn: readonly string[];
  readonly testedOn: readonly string[];
  readonly metrics: readonly {
    readonly name: string;
    readonly unit: string;
    readonly better: Better;
  }[];
  /** [trained on][tested on]; null where nothing was tested. */
  readonly cells: readonly (readonly (MatrixCell | null)[])[];
  /** best[metric][tested on]: the best value of a column, null where there is nothing to compare. */
  readonly best: readonly (readonly (number | null)[])[];
};

const mostSamples = 6;
/** Times are no property of the images. */
const notOfImages = /time/;

type Tested = {
  readonly run: string;
  readonly trainedOn: string;
  readonly testedOn: string;
  readonly metrics: ReadonlyMap<string, number>;
  /** Fingerprint of the images; null where nobody knows. */
  readonly images: string | null;
  /** Of what kind the run's losses are. */
  readonly loss: string;
  readonly samples: MatrixCell["samples"];
};

export function transferMatrix(runs: readonly ReportRun[]): TransferMatrix {
  const tested = mergedTests(runs.flatMap(testsOf(runs)));
  const trainedOn = [...new Set(runs.map(datasetName))];
  const testedOn = [...new Set([...trainedOn, ...tested.map((test) => test.testedOn)])];
  const meaningOf = meanings(runs);
  const cellsWith = (name: string) => tested.filter(({ metrics }) => metrics.has(name)).length;
  const names = [...new Set(tested.flatMap(({ metrics }) => [...metrics.keys()]))];
  names.sort((a, b) => cellsWith(b) - cellsWith(a)); // what most cells have comes first
  const metrics = names.map((name) => ({
    name,
    ...(meaningOf.get(name) ?? { unit: "", better: directionOf(name) }),
  }));
  const cells = trainedOn.map((row) =>
    testedOn.map((column) =>
      cellOf(tested.filter((test) => test.trainedOn === row && test.testedOn === column)),
    ),
  );
  const best = metrics.map(({ name, better: direction }) =>
    testedOn.map((set, column) => {
      const values = cells.map((row) => row[column]?.metrics.get(name)?.value ?? null);
      const measured = tested.filter((test) => test.testedOn === set && test.metrics.has(name));
      return areComparable(measured.map(originOf(name))) ? bestOf(values, direction) : null;
    }),
  );
  return { trainedOn, testedOn, metrics, cells, best };
}

/** Of losses, their kind counts as well as the images. */
function originOf(metric: string): (test: Tested) => Origin {
  const family = /loss$/.test(metric) ? "loss" : "metric";
  return ({ testedOn, loss, images }) => ({
    spec: { family, set: testedOn, compares: family === "loss" ? loss : "" },
    images,
  });
}

/** Such as "celeba train: 64 images". */
function datasetName({ dataset, run }: ReportRun): string {
  return dataset?.description ?? `data ${run.datasetFingerprint.slice(0, 8)}`;
}

/** Of metrics that a run was only evaluated with the store knows the meaning, of others the run itself. */
function meanings(runs: readonly ReportRun[]) {
  const stored = [...(runs[0]?.metrics.values() ?? [])].map(
    ({ name, unit, better }) => [seriesLabel(name), { unit, better: betterOf(better) }] as const,
  );
  const measured = measuresOf(runs).map(({ name, unit, better }) => [name, { unit, better }] as const);
  return new Map([...stored, ...measured]);
}

function directionOf(metric: string): Better {
  return /psnr|ssim|auc|precision/.test(metric) ? "higher" : "lower";
}

function testsOf(runs: readonly ReportRun[]) {
  const measures = measuresOf(runs).filter(({ name }) => !notOfImages.test(name));
  const names = new Map(runs.map((data) => [data.run.datasetFingerprint, datasetName(data)]));
  return (data: ReportRun): Tested[] => {
    const trainedOn = datasetName(data);
    const own: [string, number][] = measures.flatMap((measure) => {
      const value = measure.value(data);
      return value === null ? [] : [[measure.name, value] as [string, number]];
    });
    const loss = data.series.find(({ name }) => name === "unseen/loss")?.spec.compares ?? "";
    const last = Math.max(0, ...data.images.map(({ epoch }) => epoch));
    const samples = data.images
      .filter(({ kind, set, epoch }) => kind === "colorized" && set === "unseen" && epoch === last)
      .map(({ imageId, blobHash }) => ({ imageId, hash: blobHash }));
    return [
      {
        run: data.run.id,
        trainedOn,
        testedOn: trainedOn,
        metrics: new Map(own),
        images: data.run.datasetFingerprint,
        loss,
        samples,
      },
      ...data.evaluations.map((evaluation) => ({
        run: data.run.id,
        trainedOn,
        testedOn: names.get(evaluation.fingerprint ?? "") ?? evaluation.testedOn,
        metrics: new Map(Object.entries(evaluation.metrics)),
        images: evaluation.fingerprint,
        loss,
        samples: evaluation.samples.map(({ imageId, blobHash }) => ({ imageId, hash: blobHash })),
      })),
    ];
  };
}

/** One for each run and column: what a run logged of its own images counts before what was evaluated later. */
function mergedTests(tests: readonly Tested[]): Tested[] {
  const merged = new Map<string, Tested>();
  for (const test of tests) {
    const key = JSON.stringify([test.run, test.testedOn]);
    const known = merged.get(key);
    if (known) merged.set(key, { ...known, metrics: new Map([...test.metrics, ...known.metrics]) });
    else merged.set(key, test);
  }
  return [...merged.values()];
}

function cellOf(tests: readonly Tested[]): MatrixCell | null {
  if (tests.length === 0) return null;
  const names = [...new Set(tests.flatMap(({ metrics }) => [...metrics.keys()]))];
  const metrics = names.map((name) => {
    const values = tests.flatMap(({ metrics: values }) => values.get(name) ?? []);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return [name, { value: mean, runs: values.length }] as const;
  });
  const samples = tests.find((test) => test.samples.length > 0)?.samples ?? [];
  return { metrics: new Map(metrics), samples: samples.slice(0, mostSamples) };
}
