// The images of an experiment, as a run prepares them: whoever opens them here shares the cache and the fingerprint.

import path from "node:path";
import { preparedSize } from "../datasets/prepare/augment.ts";
import { type PreparedDataset, prepareDataset } from "../datasets/prepare/prepare.ts";
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
export async function openDataset(
  { samples, dataset, image, model, train }: Experiment,
  { runsFolder, output, signal, key = "dataset", words = usualWords }: OpenDatasetOptions,
): Promise<PreparedDataset> {
  let progress: ReturnType<Output["progress"]> | null = null;
  try {
    return await prepareDataset(dataset, {
      key,
      size: preparedSize(image.size, train.augment),
      cacheFolder: path.join(runsFolder, "cache"),
      sampleCounts: { seen: samples.seen, unseen: samples.unseen },
      labels: modelOf(model).needs === "labels",
      greyscale: dataset.greyscale,
      signal,
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
