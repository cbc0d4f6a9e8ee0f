// Sample images as the page's script gets them. Pictures are numbers; null where there is none.

export type SamplesData = {
  /** Sampled epochs of all runs. */
  readonly epochs: readonly number[];
  readonly grids: readonly GridData[];
  /** Position of the epoch shown first. */
  readonly start: number;
};

export type GridData = {
  readonly columns: readonly {
    readonly set: string;
    /** Of the image. */
    readonly name: string;
    readonly real: number | null;
    readonly grey: number | null;
  }[];
  readonly rows: readonly RowData[];
};

export type RowData = {
  /** Number of the run in the page. */
  readonly run: number;
  readonly name: string;
  /** cells[epoch][column] */
  readonly cells: readonly (readonly (number | null)[])[];
  /** metrics[epoch][column]: name -> value of that image; null where none were measured. */
  readonly metrics: readonly (readonly Readonly<Record<string, number>>[])[] | null;
};
