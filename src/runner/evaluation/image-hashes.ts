// Which files runs were trained on, as the store knows them.

import { UserError } from "../../errors.ts";
import type { Store } from "../../store/open-store.ts";
import type { RunRow } from "../../store/rows.ts";

/** SHA-256 of the files of a side of the run's images, in their order. Throws UserError where the store does not know them. */
export function imageHashesOf(
  store: Store,
  { id, datasetFingerprint }: RunRow,
  side: "seen" | "unseen",
): readonly string[] {
  const hashes = store.imageHashes(datasetFingerprint, side);
  if (hashes.includes(null))
    throw new UserError(
      `run ${id}: which files it was trained on is not known, as it is from before hashes were stored; hueristic evaluate ${id} --on ${id} stores them`,
    );
  return hashes as string[];
}

/** Of all files that any of `runs` was trained on. Throws UserError as `imageHashesOf` does. */
export function trainedHashes(store: Store, runs: readonly RunRow[]): ReadonlySet<string> {
  return new Set(runs.flatMap((run) => imageHashesOf(store, run, "seen")));
}
