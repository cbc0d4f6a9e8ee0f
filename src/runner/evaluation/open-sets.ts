// The images of an experiment's own evaluation sets, prepared as those that it trains on.

import { hasOfficialSides } from "../../datasets/datasets.ts";
import { type NearDuplicate, nearDuplicates, type Pictures } from "../../datasets/inspect/near-duplicates.ts";
import type { PreparedDataset } from "../../datasets/prepare/prepare.ts";
import { TooFewImages } from "../../datasets/prepare/sides.ts";
import { quoted } from "../../datasets/quoted.ts";
import { UserError } from "../../errors.ts";
import type { EvaluationConfig, Experiment } from "../../experiment/experiment.ts";
import { type OpenDatasetOptions, openDataset } from "../open-dataset.ts";
import { type ImagesOfSet, imagesOfBothSides, imagesOfSide } from "./images-of-set.ts";
import { type UnseenByAll, unseenByAllOf } from "./others.ts";

export type OpenSet = ImagesOfSet & {
  readonly name: string;
  readonly dataset: PreparedDataset;
  /** As in `EvaluationSetRow`. */
  readonly partOf: string | null;
  readonly bothSides: boolean;
};

/** Images to measure on. */
export type WantedSet = {
  readonly name: string;
  readonly config: EvaluationConfig;
  /** Whether these are the run's own seen or unseen images. */
  readonly own?: "seen" | "unseen";
  /** Only these of the unseen images. */
  readonly unseenByAll?: UnseenByAll;
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
  { name, config, own, unseenByAll }: WantedSet,
  experiment: Experiment,
  options: OpenDatasetOptions,
): Promise<OpenSet> {
  const { holdout } = config;
  const key = `evaluate.${name}`;
  const opened = await openDataset({ ...experiment, dataset: config }, { ...options, key }).catch((error) => {
    if (!(error instanceof TooFewImages)) throw error;
    const { got, lookedFor } = error;
    const expected = `at least 2 images, got ${got.seen + got.unseen}`;
    throw new UserError(`${key}: expected ${expected}; looked for ${lookedFor}`);
  });
  const dataset = unseenByAll === undefined ? opened : onlyOf(opened, unseenByAll);
  const most = experiment.samples.measured;
  const chosen =
    own === "seen"
      ? imagesOfSide(dataset, "seen", Math.min(most, dataset.unseen.length))
      : own === "unseen" || unseenByAll !== undefined || holdout !== null || hasOfficialSides(config)
        ? imagesOfSide(dataset, "unseen", most)
        : imagesOfBothSides(dataset, most);
  const { description, size, fromCache } = dataset;
  const kind = description.slice(0, description.indexOf(":"));
  for (const note of dataset.leftOut) options.output.info(`${name}: ${note}`);
  options.output.info(
    `${name}: ${kind}: ${chosen.indices.length} images to measure on, ${size}x${size}${fromCache ? " (prepared before)" : ""}`,
  );
  const bothSides = own !== "seen" && chosen.places.some((place) => place < dataset.seen.length);
  return { name, dataset, partOf: unseenByAll?.of ?? null, bothSides, ...chosen };
}

/** Closes the data set where its images are others. */
function onlyOf(dataset: PreparedDataset, images: UnseenByAll): PreparedDataset {
  try {
    return unseenByAllOf(dataset, images);
  } catch (thrown) {
    dataset.close();
    throw thrown;
  }
}

/** What is wrong with measuring on a set: images of it that are trained on, as the same file or as nearly the same picture. */
export async function trainedOnToo(
  set: OpenSet,
  trained: PreparedDataset,
  signal: AbortSignal,
): Promise<string[]> {
  const hashes = new Set(Array.from(trained.seen, (index) => trained.images[index]!.hash));
  const isCopy = (index: number) => hashes.has(set.dataset.images[index]!.hash);
  const copies = set.indices.filter(isCopy).length;
  const others = set.indices.filter((index) => !isCopy(index));
  const near = await nearlyTrainedOn({ dataset: set.dataset, indices: others }, trained, signal);
  const of = `of ${set.indices.length} images to measure on`;
  const said: string[] = [];
  if (copies > 0) {
    said.push(`${set.name}: ${copies} ${of} are trained on; holdout or an unseen split leaves such out`);
  }
  const [first] = near;
  if (first !== undefined) {
    const pair = [set.dataset.ids[first.unseen]!, trained.ids[first.seen]!].map(quoted).join(" and ");
    said.push(`${set.name}: ${near.length} ${of} are nearly the same as ones trained on, such as ${pair}`);
  }
  return said;
}

/** Those of the images that are nearly the same picture as one trained on. */
export function nearlyTrainedOn(
  { dataset, indices }: Pick<OpenSet, "dataset" | "indices">,
  trained: PreparedDataset,
  signal: AbortSignal,
): Promise<NearDuplicate[]> {
  const sides = { seen: trained.seen, unseen: indices };
  return nearDuplicates(picturesOf(dataset), sides, signal, picturesOf(trained));
}

function picturesOf({ images, size, read }: PreparedDataset): Pictures {
  return { prints: images.map(({ print }) => print), size, read };
}
