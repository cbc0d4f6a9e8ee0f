// The settings of experiments side by side: path -> value.

import type { Experiment } from "./experiment.ts";

/** Path -> value, such as "train.optimizer.learning_rate" -> 0.001; lists stay whole. */
export function flatValues(experiment: Experiment): Map<string, unknown> {
  const values = new Map<string, unknown>();
  const visit = (path: string, value: unknown): void => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) values.set(path, value ?? null);
    else for (const [key, item] of Object.entries(value)) visit(path === "" ? key : `${path}.${key}`, item);
  };
  visit("", experiment);
  return values;
}

/** The same as text, such as "0.001". */
export function flatSettings(experiment: Experiment): Map<string, string> {
  const texts = [...flatValues(experiment)].map(
    ([path, value]) => [path, typeof value === "string" ? value : JSON.stringify(value)] as const,
  );
  return new Map(texts);
}

/** What tells a run from another by name only, and where else it is logged; no setting that a result depends on. */
export const labels: ReadonlySet<string> = new Set(["name", "description", "tags", "log.tensorboard"]);

/** Paths of the settings that are not the same in all, in the order of the first that has them. */
export function differingPaths(all: readonly ReadonlyMap<string, string>[]): string[] {
  const paths = new Set(all.flatMap((settings) => [...settings.keys()]));
  return [...paths].filter(
    (path) => !labels.has(path) && new Set(all.map((settings) => settings.get(path))).size > 1,
  );
}

/**
 * Of the differing settings those that say something by themselves: one that only some experiments have, always with the
 * same value (the width of a model that the others lack), goes along with another setting and is left out.
 */
export function independentSettings(experiments: readonly Experiment[]): string[] {
  const all = experiments.map(flatSettings);
  return differingPaths(all).filter((path) => {
    const values = all.map((settings) => settings.get(path));
    const present = values.filter((value) => value !== undefined && value !== "null");
    return present.length === values.length || new Set(present).size > 1;
  });
}
