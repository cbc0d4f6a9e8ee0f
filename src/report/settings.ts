// The experiment as its author writes it: snake_case YAML, and flat settings for comparing runs.

import { stringify } from "yaml";
import type { Experiment } from "../experiment/experiment.ts";

/** Keys below these are names out of the data, not ours. */
const foreignKeys: ReadonlySet<string> = new Set(["attributes"]);

export function experimentYaml(experiment: Experiment): string {
  return stringify(snakeCased(experiment));
}

function snakeCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snakeCased);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [
    snake(key),
    foreignKeys.has(key) ? item : snakeCased(item),
  ]);
  return Object.fromEntries(entries);
}

function snake(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Path -> value as text, such as "train.optimizer.learning_rate" -> "0.001". */
export function flatSettings(experiment: Experiment): Map<string, string> {
  const settings = new Map<string, string>();
  const visit = (path: string, value: unknown): void => {
    if (typeof value !== "object" || value === null || Array.isArray(value))
      settings.set(path, typeof value === "string" ? value : JSON.stringify(value ?? null));
    else for (const [key, item] of Object.entries(value)) visit(path === "" ? key : `${path}.${key}`, item);
  };
  visit("", snakeCased(experiment));
  return settings;
}

/** What tells a run from another by name only; no setting that a result depends on. */
export const labels: ReadonlySet<string> = new Set(["name", "description", "tags"]);

/** The settings that are not the same in all experiments, in the order of the first one that has them. */
export function differingSettings(experiments: readonly Experiment[]): string[] {
  const all = experiments.map(flatSettings);
  const paths = new Set(all.flatMap((settings) => [...settings.keys()]));
  return [...paths].filter(
    (path) => !labels.has(path) && new Set(all.map((settings) => settings.get(path))).size > 1,
  );
}

/**
 * Of the differing settings those that say something by themselves: what only goes along with another setting (the width
 * of a model that the others lack, its batch size that always changes with it) is left out.
 */
export function independentSettings(experiments: readonly Experiment[]): string[] {
  const all = experiments.map(flatSettings);
  const seen = new Set<string>();
  return differingSettings(experiments).filter((path) => {
    const values = all.map((settings) => settings.get(path));
    const present = values.filter((value) => value !== undefined && value !== "null");
    if (present.length < values.length && new Set(present).size === 1) return false;
    const partition = values.map((value) => values.indexOf(value)).join(" ");
    const isNew = !seen.has(partition);
    seen.add(partition);
    return isNew;
  });
}
