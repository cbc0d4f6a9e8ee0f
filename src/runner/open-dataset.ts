// The images of an experiment, as a run prepares them: whoever opens them here shares the cache and the fingerprint.

import path from "node:path";
import { preparedSize } from "../datasets/prepare/augment.ts";
import { type PreparedDataset, prepareDataset } from "../datasets/prepare/prepare.ts";
import { UserError } from "../errors.ts";
import type { Experiment } from "../experiment/experiment.ts";
import { modelOf } from "../models/models.ts";
import type { Output } from "../output.ts";

export type OpenDatasetOptions = {
  readonly runsFolder: string;
  readonly output: Output;
  readonly signal: AbortSignal;
  /** What messages call the data set: `dataset` where left out. */
  readonly key?: string;
  /** What is said of the images meanwhile. */
  readonly words?: { readonly done: string; readonly waiting: string };
};

const usualWords = { done: "images prepared", waiting: "which is preparing the same images" };

/** Decodes the images or finds them prepared, showing a progress bar. */
export function openDataset(experiment: Experiment, options: OpenDatasetOptions): Promise<PreparedDataset> {
  return openAtSize(experiment, experiment.image.size, options);
}

/**
 * The images of `dataset` as large as `train.augment.crop` needs them; null where that is their own size. What is
 * evaluated and drawn is never read from here.
 */
export async function openLarger(
  experiment: Experiment,
  dataset: PreparedDataset,
  options: OpenDatasetOptions,
): Promise<PreparedDataset | null> {
  const { image, train } = experiment;
  const size = preparedSize(image.size, train.augment);
  if (size === image.size) return null;
  const larger = await openAtSize(experiment, size, { ...options, usedBy: dataset.fingerprint });
  const isSame = larger.seen.every((index, place) => larger.ids[index] === dataset.ids[dataset.seen[place]!]);
  if (isSame && larger.seen.length === dataset.seen.length) return larger;
  larger.close();
  throw new UserError(`${options.key ?? "dataset"}: images changed while they were prepared; start again`);
}

async function openAtSize(
  { dataset, model }: Experiment,
  size: number,
  options: OpenDatasetOptions & { readonly usedBy?: string },
): Promise<PreparedDataset> {
  const { runsFolder, output, signal, key = "dataset", words = usualWords, usedBy } = options;
  let progress: ReturnType<Output["progress"]> | null = null;
  try {
    return await prepareDataset(dataset, {
      key,
      size,
      cacheFolder: path.join(runsFolder, "cache"),
      labels: modelOf(model).needs === "labels",
      greyscale: dataset.greyscale,
      signal,
      ...(usedBy !== undefined && { usedBy }),
      onProgress: (done, total) => {
        progress ??= output.progress(total);
        progress.update(done, words.done);
      },
      onWait: (pid) => output.info(`waiting for process ${pid ?? "unknown"}, ${words.waiting}`),
    });
  } finally {
    (progress as ReturnType<Output["progress"]> | null)?.stop();
  }
}
