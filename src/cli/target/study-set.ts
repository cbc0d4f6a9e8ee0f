// What `judge --on` means: the runs' unseen images, a set that they name under `evaluate:`, or what `evaluate --on` takes. All
// networks of a study are shown on the same images.

import { UserError } from "../../errors.ts";
import { requireOwnImages, warnOfTrainedOn } from "../../runner/evaluation/evaluate-run.ts";
import { type OpenSet, openEvaluationSet, type WantedSet } from "../../runner/evaluation/open-sets.ts";
import type { OpenDatasetOptions } from "../../runner/open-dataset.ts";
import type { Store } from "../../store/open-store.ts";
import type { RunRow } from "../../store/rows.ts";
import { ownSets, readEvaluationTarget } from "./evaluation-target.ts";

type OpenOptions = Pick<OpenDatasetOptions, "output" | "signal"> & { readonly store: Store };

/** `runs` are different ones. The caller closes the data set. Throws UserError where the runs do not share the images. */
export async function openStudySet(
  what: string,
  runs: readonly RunRow[],
  options: OpenOptions,
): Promise<OpenSet> {
  const wanted = await wantedSets(what, runs, options.store);
  let first: OpenSet | null = null;
  try {
    for (const [at, run] of runs.entries()) {
      const set = await openOf(run, wanted[at]!, options);
      if (first === null) first = set;
      else {
        set.dataset.close();
        requireSame(what, { run: runs[0]!, set: first }, { run, set });
      }
      if (wanted[at]!.own === undefined) await warnOfTrainedOn(run, [first], options);
      else requireOwnImages(run, first);
    }
    return first!;
  } catch (error) {
    first?.dataset.close();
    throw error;
  }
}

/** One for each run. */
async function wantedSets(what: string, runs: readonly RunRow[], store: Store): Promise<WantedSet[]> {
  if (what === "seen") throw new UserError("judge: --on: expected images that are not trained on, got seen");
  if (what === "unseen") return runs.map(({ experiment }) => ownSets(experiment, what)[0]!);
  const named = runs.flatMap(({ experiment }) => {
    const config = experiment.evaluate[what];
    return config === undefined ? [] : [{ name: what, config }];
  });
  if (named.length === runs.length) return named;
  if (named.length > 0)
    // The others measure nothing under that name: they are shown the images of the one that does.
    return runs.map(() => named[0]!);
  const sets = await readEvaluationTarget("judge", what, null, store);
  if (sets.length > 1)
    throw new UserError(
      `judge: --on: expected one set of images, got ${sets.length} in ${what} (${sets.map(({ name }) => name).join(", ")})`,
    );
  return runs.map(() => sets[0]!);
}

function openOf({ experiment }: RunRow, set: WantedSet, { store, output, signal }: OpenOptions) {
  return openEvaluationSet(set, experiment, { runsFolder: store.folder, output, signal });
}

type OfRun = { readonly run: RunRow; readonly set: OpenSet };

function requireSame(what: string, a: OfRun, b: OfRun): void {
  if (a.set.dataset.fingerprint === b.set.dataset.fingerprint) return;
  const sizes = [a.set.dataset.size, b.set.dataset.size];
  const why = sizes[0] === sizes[1] ? "other images" : `images of ${sizes[1]} instead of ${sizes[0]} pixels`;
  throw new UserError(
    `judge: --on ${what}: expected the same images for all runs, got ${why} for ${b.run.id} than for ${a.run.id}; name a set that they share, such as a folder`,
  );
}
