// Sample images of several runs at the same epochs. Runs that were given the same images share a grid: real and grey
// once, then a row for each run. The seen and unseen images of runs come first, then a grid for each set that they are tested on.

import type { SetName } from "../../../runs/series.ts";
import type { ImageRow } from "../../../store/rows.ts";
import type { Thinning } from "../../pictures/thinning.ts";
import type { ReportRun } from "../../read-report-runs.ts";
import { ownUnseen, type TestSet, testSetsOf } from "../../test-sets.ts";

/** What heads of columns say; an evaluation set has its own name. */
export const setNames = { seen: "Seen in training", unseen: "Not seen in training" } as const;

export type SampleColumn = {
  readonly set: SetName;
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
  /** Which images these are; null where a page has no others. */
  readonly images: string | null;
  /** Fingerprint of the data set that they are tested on; null for the seen and unseen images of runs. */
  readonly testedOn: string | null;
  readonly columns: readonly SampleColumn[];
  readonly rows: readonly SampleRow[];
};

export type Samples = { readonly epochs: readonly number[]; readonly grids: readonly SampleGrid[] };

export function sampleGrids(runs: readonly ReportRun[], names: readonly string[]): Samples {
  const sampled = runs.flatMap(({ images }) => images.filter(({ kind }) => kind === "colorized"));
  const epochs = [...new Set(sampled.map(({ epoch }) => epoch))].sort((a, b) => a - b);
  const [own, tested] = [new Map<string, Shared>(), new Map<string, Shared>()];
  const setsOf = testSetsOf(runs);
  runs.forEach((data, run) => {
    share(own, run, null, columnsOf(data.images, ["seen", "unseen"]));
    for (const { set, images, name } of setsOf(data))
      if (set !== "unseen") share(tested, run, { images, name }, columnsOf(data.images, [set]));
  });
  for (const shared of tested.values()) addOwners(shared);
  const gridOf = ({ testedOn, columns, members }: Shared, images: string | null): SampleGrid => ({
    images,
    testedOn: testedOn?.images ?? null,
    columns: columns.map(({ index: _, ...column }) => column),
    rows: members.map(({ run, columns }) => rowOf(run, columns)),
  });
  return {
    epochs,
    grids: [
      ...[...own.values()].map((shared) =>
        gridOf(shared, own.size > 1 ? (runs[shared.members[0]!.run]!.dataset?.description ?? null) : null),
      ),
      ...[...tested.values()].map((shared) => gridOf(shared, `Tested on ${shared.testedOn!.name}`)),
    ],
  };

  /** Runs whose own unseen images they are. */
  function addOwners({ testedOn, columns, members }: Shared): void {
    runs.forEach((data, at) => {
      if (ownUnseen(data) !== testedOn!.images || members.some((member) => member.run === at)) return;
      const unseen = new Map(columnsOf(data.images, ["unseen"]).map((column) => [pictured(column), column]));
      const found = columns.map((column) => unseen.get(pictured(column)) ?? null);
      if (found.some((column) => column !== null)) members.push({ run: at, columns: found });
    });
    members.sort((a, b) => a.run - b.run);
  }

  function rowOf(run: number, columns: readonly (NumberedColumn | null)[]): SampleRow {
    const found = new Map(
      runs[run]!.images.filter(({ kind }) => kind === "colorized").map((image) => [
        `${image.epoch} ${image.set} ${image.index}`,
        image.blobHash,
      ]),
    );
    const measured = metricsByImage(runs[run]!);
    const ofEpochs = <Found>(found: ReadonlyMap<string, Found>, none: Found) =>
      epochs.map((epoch) =>
        columns.map((column) => (column && found.get(`${epoch} ${column.set} ${column.index}`)) ?? none),
      );
    return {
      run,
      name: names[run]!,
      cells: ofEpochs<string | null>(found, null),
      metrics: ofEpochs(measured, {}),
    };
  }
}

type NumberedColumn = SampleColumn & { readonly index: number };

/** A run, and where it has the images of a grid; null for one that it has not. */
type Member = { readonly run: number; readonly columns: readonly (NumberedColumn | null)[] };

type Shared = {
  readonly testedOn: Pick<TestSet, "images" | "name"> | null;
  readonly columns: readonly NumberedColumn[];
  readonly members: Member[];
};

function share(
  grids: Map<string, Shared>,
  run: number,
  testedOn: Shared["testedOn"],
  columns: readonly NumberedColumn[],
): void {
  if (columns.length === 0) return;
  // The same set may have other names in other runs.
  const key = JSON.stringify([
    testedOn?.images,
    columns.map((each) => [testedOn === null && each.set, pictured(each)]),
  ]);
  const grid = grids.get(key) ?? { testedOn, columns, members: [] };
  grids.set(key, grid);
  grid.members.push({ run, columns });
}

/** Which picture it is. */
function pictured({ imageId, real }: SampleColumn): string {
  return JSON.stringify([imageId, real]);
}

function columnsOf(images: readonly ImageRow[], sets: readonly SetName[]): NumberedColumn[] {
  return sets.flatMap((set) => {
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

/** Every n-th epoch, the first and the last; the first images of every set. */
export function thinnedSamples({ epochs, grids }: Samples, { everyEpoch, mostImages }: Thinning): Samples {
  const keeps = (_: unknown, at: number) => at % everyEpoch === 0 || at === epochs.length - 1;
  return {
    epochs: epochs.filter(keeps),
    grids: grids.map(({ columns, rows, ...grid }) => {
      const count = new Map<SetName, number>();
      const kept = columns.map(({ set }) => {
        count.set(set, (count.get(set) ?? 0) + 1);
        return count.get(set)! <= mostImages;
      });
      const ofKept = <Item>(items: readonly Item[]) => items.filter((_, column) => kept[column]);
      return {
        ...grid,
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
