// What `evaluate --on` means: a folder of images, an experiment file, a run, or the run's own seen or unseen images.

import { stat } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../../errors.ts";
import type { Experiment } from "../../experiment/experiment.ts";
import type { WantedSet } from "../../runner/evaluation/open-sets.ts";
import { setName } from "../../runner/evaluation/set-name.ts";
import type { Store } from "../../store/open-store.ts";

const ownSides: readonly string[] = ["seen", "unseen"];

/** The sets of every run alike; throws UserError, which begins with the command. `name` is for the one set that it means. */
export async function readEvaluationTarget(
  command: string,
  what: string,
  name: string | null,
  store: Store,
): Promise<WantedSet[]> {
  const { setNameProblem } = await import("../../experiment/problems/metric-problems.ts");
  const problem = name === null ? null : setNameProblem(name);
  if (problem !== null) throw new UserError(`${command}: --name: ${problem}`);
  const sets = await setsOf(command, what, store);
  if (name === null) return sets;
  if (sets.length > 1)
    throw new UserError(
      `${command}: --name: expected together with one set of images, got ${sets.length} in ${what} (${sets.map((set) => set.name).join(", ")})`,
    );
  return [{ ...sets[0]!, name }];
}

async function setsOf(command: string, what: string, store: Store): Promise<WantedSet[]> {
  const found = await stat(what).catch(() => null);
  if (found?.isDirectory()) return [await folderSet(what)];
  if (found !== null || /\.ya?ml$/i.test(what)) {
    const { loadExperiment } = await import("../../experiment/load-experiment.ts");
    return setsOfExperiment(loadExperiment(what));
  }
  if (what.includes(path.sep))
    throw new UserError(
      `${command}: --on: expected a folder of images or an experiment file, got ${what}, which does not exist`,
    );
  return setsOfExperiment(runOf(command, what, store).experiment, false);
}

function runOf(command: string, what: string, store: Store) {
  try {
    return store.getRun(what);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(
      `${command}: --on: expected a folder of images, an experiment file, a run, seen or unseen; ${error.message}`,
    );
  }
}

/** Its unseen images under its name, and the sets that it names itself. */
function setsOfExperiment({ name, dataset, evaluate }: Experiment, withSets = true): WantedSet[] {
  const own = { name: setName(name), config: dataset };
  const named = withSets ? Object.entries(evaluate).map(([name, config]) => ({ name, config })) : [];
  return [own, ...named];
}

async function folderSet(folder: string): Promise<WantedSet> {
  const { completeExperiment } = await import("../../experiment/complete-experiment.ts");
  const name = setName(path.basename(path.resolve(folder)));
  const written = {
    dataset: "synthetic",
    evaluate: { [name]: { kind: "folder", root: path.resolve(folder) } },
  };
  const { evaluate } = completeExperiment(written, folder);
  return { name, config: evaluate[name]! };
}

/** The run's own images. */
export function ownSets({ dataset, evaluate }: Experiment, what: string | null): WantedSet[] {
  const sides = ownSides.filter((side) => what === null || what === side) as ("seen" | "unseen")[];
  const own = sides.map((side) => ({ name: side, config: dataset, own: side }));
  const named = Object.entries(evaluate).map(([name, config]) => ({ name, config }));
  return what === null ? [...own, ...named] : own;
}

export function isOwn(what: string): boolean {
  return ownSides.includes(what);
}
