// The images of an experiment's own evaluation sets, prepared as those that it trains on.

import { hasOfficialSides } from "../../datasets/datasets.ts";
import type { PreparedDataset } from "../../datasets/prepare/prepare.ts";
import { TooFewImages } from "../../datasets/prepare/sides.ts";
import { defaultHoldout } from "../../datasets/shared-options.ts";
import { UserError } from "../../errors.ts";
import type { EvaluationConfig, Experiment } from "../../experiment/experiment.ts";
import { type OpenDatasetOptions, openDataset } from "../open-dataset.ts";
import { type ImagesOfSet, imagesOfBothSides, imagesOfSide } from "./images-of-set.ts";

export type OpenSet = ImagesOfSet & { readonly name: string; readonly dataset: PreparedDataset };

/** Images to measure on. */
export type WantedSet = {
  readonly name: string;
  readonly config: EvaluationConfig;
  /** Whether these are the run's own seen or unseen images. */
  readonly own?: "seen" | "unseen";
};

/** Opens all sets of `configs`, or none. Throws UserError, which begins with the set. */
export async function openEvaluationSets(
  configs: Readonly<Record<string, EvaluationConfig>>,
  experiment: Experiment,
  options: OpenDatasetOptions,
): Promise<OpenSet[]> {
  const sets: OpenSet[] = [];
  try {
    for (const [name, config] of Object.entries(configs)) {
      sets.push(await openEvaluationSet({ name, config }, experiment, options));
    }
    return sets;
  } catch (error) {
    closeSets(sets);
    throw error;
  }
}

export function closeSets(sets: readonly OpenSet[]): void {
  for (const { dataset } of sets) dataset.close();
}

/** Throws UserError, which begins with the set. */
export async function openEvaluationSet(
  { name, config, own }: WantedSet,
  experiment: Experiment,
  options: OpenDatasetOptions,
): Promise<OpenSet> {
  const { holdout } = config;
  const key = `evaluate.${name}`;
  const dataset = await openDataset(
    {
      ...experiment,
      dataset: { ...config, holdout: holdout ?? defaultHoldout },
    },
    { ...options, key },
  ).catch((error) => {
    if (!(error instanceof TooFewImages)) throw error;
    const { got, lookedFor } = error;
    const expected = `at least 2 images, got ${got.seen + got.unseen}`;
    throw new UserError(`${key}: expected ${expected}; looked for ${lookedFor}`);
  });
  const most = experiment.samples.measured;
  const chosen =
    own === "seen"
      ? imagesOfSide(dataset, "seen", Math.min(most, dataset.unseen.length))
      : own === "unseen" || holdout !== null || hasOfficialSides(config)
        ? imagesOfSide(dataset, "unseen", most)
        : imagesOfBothSides(dataset, most);
  const { description, size, fromCache } = dataset;
  const kind = description.slice(0, description.indexOf(":"));
  options.output.info(
    `${name}: ${kind}: ${chosen.indices.length} images to measure on, ${size}x${size}${fromCache ? " (prepared before)" : ""}`,
  );
  return { name, dataset, ...chosen };
}

/** How many images of a set are trained on as well: the same files. */
export function countTrainedOn(set: OpenSet, { images, seen }: PreparedDataset): number {
  const trained = new Set(Array.from(seen, (index) => images[index]!.hash));
  return set.indices.reduce(
    (count, index) => count + (trained.has(set.dataset.images[index]!.hash) ? 1 : 0),
    0,
  );
}
