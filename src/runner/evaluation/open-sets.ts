// The images of an experiment's own evaluation sets, prepared as those that it trains on.

import type { PreparedDataset } from "../../datasets/prepare/prepare.ts";
import { UserError } from "../../errors.ts";
import type { EvaluationConfig, Experiment } from "../../experiment/experiment.ts";
import { hasOfficialSides } from "../../experiment/problems/dataset-problems.ts";
import { defaultHoldout } from "../../experiment/schema/schema.ts";
import { type OpenDatasetOptions, openDataset } from "../open-dataset.ts";
import { type ImagesOfSet, imagesOfBothSides, imagesOfSide } from "./images-of-set.ts";

export type OpenSet = ImagesOfSet & { readonly name: string; readonly dataset: PreparedDataset };

/** Images to measure on. */
export type WantedSet = {
  readonly name: string;
  readonly config: EvaluationConfig;
  /** Those of the experiment that the images are of, as they may move its border between seen and unseen. */
  readonly sampleCounts?: SampleCounts;
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

/** What an experiment needs of each side. */
export type SampleCounts = { readonly seen: number; readonly unseen: number };

/** How a data set says that it has no image for a side. */
const tooFew = /at least 1 seen and 1 unseen images, got (\d+) and (\d+)/;

/** Throws UserError, which begins with the set. */
export async function openEvaluationSet(
  { name, config, sampleCounts, own }: WantedSet,
  experiment: Experiment,
  options: OpenDatasetOptions,
): Promise<OpenSet> {
  const { holdout } = config;
  const dataset = await openDataset(
    {
      ...experiment,
      dataset: { ...config, holdout: holdout ?? defaultHoldout },
      samples: { ...experiment.samples, ...(sampleCounts ?? { seen: 1, unseen: 1 }) },
    },
    options,
  ).catch((error) => {
    if (!(error instanceof UserError)) throw error;
    const worded = error.message.replace(
      tooFew,
      (_, seen, unseen) => `at least 2 images, got ${+seen + +unseen}`,
    );
    throw new UserError(worded.replace(/^dataset\b/, `evaluate.${name}`));
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
