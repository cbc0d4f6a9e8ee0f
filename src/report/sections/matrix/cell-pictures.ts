// The pictures of a cell: what its first run that has any made of the images, in the sample grids where the viewer finds them.

import type { SampleGrid, Samples } from "../samples/model.ts";
import type { MatrixCell, TestedSet } from "./model.ts";

export type CellPictures = {
  /** Places in the sample grids. */
  readonly grid: number;
  readonly row: number;
  readonly name: string;
  readonly pictures: readonly { readonly column: number; readonly imageId: string; readonly hash: string }[];
};

const mostPictures = 6;

/** null where no run of the cell has pictures of its images. */
export function cellPictures({ sets }: MatrixCell, { grids }: Samples): CellPictures | null {
  for (const set of sets) {
    // All networks side by side come before the run's own seen and unseen images.
    for (const isTest of [true, false])
      for (const [grid, each] of grids.entries()) {
        const found = isOf(each, set, isTest) ? picturesIn(each, set.run) : null;
        if (found !== null) return { grid, ...found };
      }
  }
  return null;
}

function isOf({ testedOn }: SampleGrid, { set, images }: TestedSet, isTest: boolean): boolean {
  return isTest ? testedOn === images : testedOn === null && set === "unseen";
}

function picturesIn({ columns, rows, testedOn }: SampleGrid, run: number): Omit<CellPictures, "grid"> | null {
  const row = rows.findIndex((each) => each.run === run);
  const cells = rows[row]?.cells.findLast((cells) => cells.some((hash) => hash !== null));
  if (cells === undefined) return null;
  const pictures = columns.flatMap(({ set, imageId }, column) => {
    const hash = cells[column] ?? null;
    return hash === null || (testedOn === null && set !== "unseen") ? [] : [{ column, imageId, hash }];
  });
  return pictures.length === 0
    ? null
    : { row, name: rows[row]!.name, pictures: pictures.slice(0, mostPictures) };
}
