// A complete experiment around a model that has none: its settings are checked as those of a run are.

import { completeExperiment } from "../../experiment/complete-experiment.ts";
import type { Experiment } from "../../experiment/experiment.ts";
import { knownKeys } from "../../experiment/problems/known-keys.ts";
import { type ModelKind, modelOf } from "../../models/models.ts";
import { nearMiss } from "../../near-miss.ts";

/** No image of it is ever opened; so many that no batch is too large for it. */
const images = { kind: "synthetic", count: 1_000_000 };
const labelled = { kind: "coco", root: "coco" };

/** Throws a UserError with a line for every problem. `settings` are key=value, keys of the model also without "model.". */
export function modelExperiment(kind: ModelKind, settings: readonly string[]): Experiment {
  const { needs } = modelOf({ kind });
  const model = needs === "embedding" ? { kind, classifier: { kind: "trained", run: "latest" } } : { kind };
  const dataset = needs === "labels" ? labelled : images;
  const overrides = settings.map((setting) => (isOfModel(setting, kind) ? `model.${setting}` : setting));
  return completeExperiment({ model, dataset }, kind, overrides);
}

/** Whether the key is one of the model's own, or nearer to one than to any section of experiments. */
function isOfModel(setting: string, kind: ModelKind): boolean {
  const key = /^[^=.]*/.exec(setting)![0];
  const sections = [...knownKeys([], {}), "extends"];
  const own = knownKeys(["model"], { model: { kind } });
  if (sections.includes(key) || key === "") return false;
  return own.includes(key) || (nearMiss(key, own) !== null && nearMiss(key, sections) === null);
}
