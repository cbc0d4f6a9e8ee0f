// What a user names for a report -> run ids: runs, tags, or a file that runs were made from.

import { UserError } from "../errors.ts";
import type { RunRow } from "../store/rows.ts";

export type RunList = {
  getRun(ref: string): { readonly id: string };
  /** Newest first. */
  listRuns(): readonly RunRow[];
};

/**
 * A run by id, its beginning, name or `latest`; all runs with a tag; all runs of an experiment file, by the name it was
 * given on the command line. Oldest first within a tag or a file. Throws UserError for what is none of them.
 */
export function selectRuns(store: RunList, refs: readonly string[]): string[] {
  return [...new Set(refs.flatMap((ref) => selectOne(store, ref)))];
}

function selectOne(store: RunList, ref: string): string[] {
  let unknown: unknown;
  try {
    return [store.getRun(ref).id];
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown;
    unknown = thrown;
  }
  const runs = [...store.listRuns()].reverse();
  const tagged = runs.filter(({ tags }) => tags.includes(ref));
  const made = tagged.length > 0 ? tagged : runs.filter(({ source }) => source === ref);
  if (made.length === 0) throw unknown;
  return made.map(({ id }) => id);
}
