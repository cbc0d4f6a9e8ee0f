// Sample images of several runs at the same epochs. Runs that were given the same images share a grid: real and grey
// once, then a row for each run.

import type { ImageRow, ImageSet } from "../store/rows.ts";
import type { ReportRun } from "./read-report-runs.ts";

export type SampleColumn = {
  readonly set: ImageSet;
  readonly imageId: string;
  /** Hashes; null where there is none. */
  readonly real: string | null;
  readonly grey: string | null;
};

export type SampleRow = {
  /** Number of the run in the page. */
  readonly run: number;
  readonly name: string;
  /** cells[epoch][column]: a hash, or null. Epochs are those of the grid. */
  readonly cells: readonly (readonly (string | null)[])[];
  /** metrics[epoch][column]: name -> value of that image; empty where none were measured. */
  readonly metrics: readonly (readonly Readonly<Record<string, number>>[])[];
};

export type SampleGrid = {
  /** Which images these are, where a page has several grids; else null. */
  readonly images: string | null;
  readonly columns: readonly SampleColumn[];
  readonly rows: readonly SampleRow[];
};

export type Samples = { readonly epochs: readonly number[]; readonly grids: readonly SampleGrid[] };

/** How a page is made smaller: 1 keeps every epoch, 2 every second one, …; the first and the last always stay. */
export type Thinning = { readonly everyEpoch: number; readonly mostImages: number };

export const noThinning: Thinning = { everyEpoch: 1, mostImages: Number.POSITIVE_INFINITY };

export function sampleGrids(
  runs: readonly ReportRun[],
  names: readonly string[],
  thinning: Thinning = noThinning,
): Samples {
  const epochs = keptEpochs(
    runs.flatMap(({ images }) => images.filter(({ kind }) => kind === "colorized").map(({ epoch }) => epoch)),
    thinning.everyEpoch,
  );
  const sharing = new Map<string, number[]>();
  runs.forEach(({ images }, run) => {
    const ids = columnsOf(images, thinning).map(({ set, imageId, real }) => [set, imageId, real]);
    if (ids.length === 0) return;
    const key = JSON.stringify(ids);
    sharing.set(key, [...(sharing.get(key) ?? []), run]);
  });
  const grids = [...sharing.values()].map((members) => {
    const columns = columnsOf(runs[members[0]!]!.images, thinning);
    return {
      images: sharing.size > 1 ? (runs[members[0]!]!.dataset?.description ?? null) : null,
      columns: columns.map(({ index: _, ...column }) => column),
      rows: members.map(rowOf(columns)),
    };
  });
  return { epochs, grids };

  function rowOf(columns: readonly NumberedColumn[]) {
    return (run: number): SampleRow => {
      const found = new Map(
        runs[run]!.images.filter(({ kind }) => kind === "colorized").map((image) => [
          `${image.epoch} ${image.set} ${image.index}`,
          image.blobHash,
        ]),
      );
      const measured = metricsByImage(runs[run]!);
      return {
        run,
        name: names[run]!,
        cells: epochs.map((epoch) =>
          columns.map(({ set, index }) => found.get(`${epoch} ${set} ${index}`) ?? null),
        ),
        metrics: epochs.map((epoch) =>
          columns.map(({ set, index }) => measured.get(`${epoch} ${set} ${index}`) ?? {}),
        ),
      };
    };
  }
}

type NumberedColumn = SampleColumn & { readonly index: number };

function columnsOf(images: readonly ImageRow[], { mostImages }: Thinning): NumberedColumn[] {
  return (["seen", "unseen"] as const).flatMap((set) => {
    const ofSet = images.filter((image) => image.set === set);
    const hashOf = (index: number, kind: ImageRow["kind"]) =>
      ofSet.find((image) => image.index === index && image.kind === kind)?.blobHash ?? null;
    const ids = new Map(ofSet.map(({ index, imageId }) => [index, imageId]));
    return [...ids]
      .sort(([a], [b]) => a - b)
      .slice(0, mostImages)
      .map(([index, imageId]) => ({
        set,
        index,
        imageId,
        real: hashOf(index, "real"),
        grey: hashOf(index, "grey"),
      }));
  });
}

function metricsByImage({ sampleMetrics }: ReportRun): Map<string, Record<string, number>> {
  const measured = new Map<string, Record<string, number>>();
  for (const { epoch, set, index, metric, value } of sampleMetrics) {
    const key = `${epoch} ${set} ${index}`;
    const values = measured.get(key) ?? {};
    measured.set(key, values);
    values[metric] = value;
  }
  return measured;
}

/** Sorted, each once; every n-th, and the first and the last. */
export function keptEpochs(all: readonly number[], every: number): number[] {
  const epochs = [...new Set(all)].sort((a, b) => a - b);
  return epochs.filter((_, index) => index % every === 0 || index === epochs.length - 1);
}
