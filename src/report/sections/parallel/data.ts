// Trials of a sweep, as brushing them needs to know.

export type ParallelData = {
  /** Names of the axes, the result last. */
  readonly axes: readonly string[];
  readonly trials: readonly {
    readonly number: number;
    /** null is the experiment's own. */
    readonly seed: number | null;
    readonly state: string;
    readonly reason: string | null;
    /** On every axis: share of its height from above. */
    readonly places: readonly number[];
    readonly words: readonly string[];
  }[];
};
