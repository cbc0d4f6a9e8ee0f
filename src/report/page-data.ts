// What a page holds for its script: written by the server, read by the client, both by these types.

import type { PanelData } from "./sections/curves/data.ts";
import type { HeatData } from "./sections/heat/data.ts";
import type { ParallelData } from "./sections/parallel/data.ts";
import type { SamplesData } from "./sections/samples/data.ts";

export type PageData = {
  /** Names of the runs. */
  readonly runs: readonly string[];
  /** Runs that differ in their seed only. */
  readonly groups: readonly GroupData[];
  /** The charts of all sections. */
  readonly panels: readonly PanelData[];
  /** Numbers of curves by key: base64 of little-endian float32. */
  readonly numbers: Readonly<Record<string, string>>;
} & Partial<SectionData>;

/** By section: what its own script reads. */
export type SectionData = {
  readonly samples: SamplesData;
  readonly parallel: ParallelData;
  readonly heat: HeatData;
};

export type GroupData = {
  readonly label: string;
  /** Numbers of its runs. */
  readonly runs: readonly number[];
  /** Position in the palette; null is one of many. */
  readonly color: number | null;
};

export const noData: PageData = { runs: [], groups: [], panels: [], numbers: {} };

/** Pictures: held as base64 in a file, by hash in a page that is served. */
export type PagePictures = { readonly hashes: readonly string[] } | HeldPictures;

export type HeldPictures = {
  readonly mimes: readonly string[];
  /** mime[i] is the position of picture i's in `mimes`; null where all have the first. */
  readonly mime: readonly number[] | null;
  readonly pictures: readonly string[];
};
