// Two copies of one run, as of a store and of a file that is merged into it: which of them is ahead. Clocks of hosts are not
// compared, as they differ. One revision of a run is only ever added to, by one writer; it ends, and until then the time in
// which it ran grows. Whoever goes on with a run begins a revision that has all earlier ones behind it.

export type RunVersion = {
  readonly revision: number;
  /** The writer that began the revision; null in rows from before there were revisions. */
  readonly token: string | null;
  /** Finished, failed or killed. */
  readonly ended: boolean;
  /** How long it ran, milliseconds. */
  readonly elapsedMs: number;
};

/** Which of two copies has the revision at which the other one stands behind it. */
export type Descent = { readonly theyFollow: boolean; readonly weFollow: boolean };

/**
 * What becomes of a run of a merged file. new: it is not here. replace: the copy here is of an earlier revision, from which the
 * other one went on. extend: it is of an earlier moment of the same one. add: it is the same, so that only what was measured
 * since may be missing. older: it is ahead. conflict: it went on in two places, whoever went further.
 */
export type MergeMode = "new" | "replace" | "extend" | "add" | "older" | "conflict";

export function mergeModeOf(
  here: RunVersion | null,
  there: RunVersion,
  { theyFollow, weFollow }: Descent,
): MergeMode {
  if (here === null) return "new";
  if (here.revision < there.revision) return theyFollow ? "replace" : "conflict";
  if (here.revision > there.revision) return weFollow ? "older" : "conflict";
  if (here.token !== there.token) return "conflict";
  const ahead = compareMoments(there, here);
  if (ahead <= 0) return ahead === 0 ? "add" : "older";
  return here.token === null ? "replace" : "extend";
}

/** Positive where the first moment is the later one. */
function compareMoments(one: RunVersion, other: RunVersion): number {
  return Number(one.ended) - Number(other.ended) || one.elapsedMs - other.elapsedMs;
}
