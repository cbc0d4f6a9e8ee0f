// A loss that is no longer finite. Such a run is never the best, whatever it had before, nor is the mean of its repeats: that
// would be of the seeds that went well. So a search judges, too.

/** What a run FAILED of. */
export function divergence(series: string, value: number, step: number, epoch: number): string {
  return `${series} became ${value} at step ${step} of epoch ${epoch}`;
}

/** Of several runs whose mean is shown: those that are in it, and whether it may be the best. One run shows what it had. */
export function countedOf<Each>(
  runs: readonly Each[],
  diverged: (one: Each) => boolean,
): { readonly counted: readonly Each[]; readonly mayBeBest: boolean } {
  const sound = runs.filter((one) => !diverged(one));
  return { counted: runs.length === 1 ? runs : sound, mayBeBest: sound.length === runs.length };
}

export function hasDiverged({
  status,
  error,
}: {
  readonly status: string;
  readonly error: string | null;
}): boolean {
  return status === "FAILED" && /^\S+ became (NaN|-?Infinity) at step \d+ of epoch \d+/.test(error ?? "");
}
