// A loss that is no longer finite. What such a run had before is no result, and the mean of its repeats is never the best: it
// would be of the seeds that went well. So a search judges, too.

/** What a run FAILED of. */
export function divergence(series: string, value: number, step: number, epoch: number): string {
  return `${series} became ${value} at step ${step} of epoch ${epoch}`;
}

/** Of several runs whose mean is shown: those that are in it, and whether it may be the best. */
export function countedOf<Each>(
  runs: readonly Each[],
  diverged: (one: Each) => boolean,
): { readonly counted: readonly Each[]; readonly mayBeBest: boolean } {
  const sound = runs.filter((one) => !diverged(one));
  const lost = runs.length > 1 && sound.length < runs.length;
  return { counted: lost ? sound : runs, mayBeBest: !lost };
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
