// Sample images of several runs at the same epochs. Runs that were given the same images share a grid: real and grey
// once, then a row for each run.

import type { ImageRow, ImageSet } from "../../../store/rows.ts";
import type { Thinning } from "../../pictures/thinning.ts";
import type { ReportRun } from "../../read-report-runs.ts";

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

export function sampleGrids(runs: readonly ReportRun[], names: readonly string[]): Samples {
  const sampled = runs.flatMap(({ images }) => images.filter(({ kind }) => kind === "colorized"));
  const epochs = [...new Set(sampled.map(({ epoch }) => epoch))].sort((a, b) => a - b);
  const sharing = new Map<string, number[]>();
  runs.forEach(({ images }, run) => {
    const ids = columnsOf(images).map(({ set, imageId, real }) => [set, imageId, real]);
    if (ids.length === 0) return;
    const key = JSON.stringify(ids);
    sharing.set(key, [...(sharing.get(key) ?? []), run]);
  });
  const grids = [...sharing.values()].map((members) => {
    const columns = columnsOf(runs[members[0]!]!.images);
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

function columnsOf(images: readonly ImageRow[]): NumberedColumn[] {
  return (["seen", "unseen"] as const).flatMap((set) => {
    const ofSet = images.filter((image) => image.set === set);
    const hashOf = (index: number, kind: ImageRow["kind"]) =>
      ofSet.find((image) => image.index === index && image.kind === kind)?.blobHash ?? null;
    const ids = new Map(ofSet.map(({ index, imageId }) => [index, imageId]));
    return [...ids]
      .sort(([a], [b]) => a - b)
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

/** Every n-th epoch, the first and the last; the first images of both sides. */
export function thinnedSamples({ epochs, grids }: Samples, { everyEpoch, mostImages }: Thinning): Samples {
  const keeps = (_: unknown, at: number) => at % everyEpoch === 0 || at === epochs.length - 1;
  return {
    epochs: epochs.filter(keeps),
    grids: grids.map(({ images, columns, rows }) => {
      const count = { seen: 0, unseen: 0 };
      const kept = columns.map(({ set }) => ++count[set] <= mostImages);
      const ofKept = <Item>(items: readonly Item[]) => items.filter((_, column) => kept[column]);
      return {
        images,
        columns: ofKept(columns),
        rows: rows.map((row) => ({
          ...row,
          cells: row.cells.filter(keeps).map(ofKept),
          metrics: row.metrics.filter(keeps).map(ofKept),
        })),
      };
    }),
  };
}
