// Trials of a sweep, as a heat map of any two parameters needs them.

import type { Better } from "../../../runs/series.ts";

export type HeatData = {
  readonly parameters: readonly string[];
  readonly values: readonly { readonly name: string; readonly unit: string; readonly better: Better }[];
  readonly trials: readonly {
    readonly state: string;
    readonly parameters: readonly (string | null)[];
    readonly values: readonly (number | null)[];
  }[];
  /** The two parameters shown first: what matters most; one of them twice where there is no other. */
  readonly shown: readonly [number, number];
};
