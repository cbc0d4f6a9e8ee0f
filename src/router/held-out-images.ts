// Images to measure a router on: those of a labelled data set that none of its networks was trained on, neither as the same
// file nor as nearly the same picture. Half of them, by the digest of their files, set what a router stores; the other half
// is left for its report, whichever runs come and go.

import { hashesOf, type PreparedDataset } from "../datasets/prepare/prepare.ts";
import { UserError } from "../errors.ts";
import type { Experiment } from "../experiment/experiment.ts";
import type { Output } from "../output.ts";
import { tellersOf } from "../runner/embedding/tellers-of.ts";
import { trainedHashes } from "../runner/evaluation/image-hashes.ts";
import { nearlyTrainedOn } from "../runner/evaluation/open-sets.ts";
import { openDataset } from "../runner/open-dataset.ts";
import type { Store } from "../store/open-store.ts";
import type { RunRow } from "../store/rows.ts";

export type HeldOutImage = {
  readonly id: string;
  /** Its place in the data set. */
  readonly index: number;
  /** Place of its class among the labels. */
  readonly class: number;
  /** Which half it belongs to. */
  readonly use: "build" | "report";
};

export type HeldOut = {
  readonly dataset: PreparedDataset;
  readonly labels: readonly string[];
  readonly images: readonly HeldOutImage[];
  /** What was left out, one line each. */
  readonly notes: readonly string[];
};

type Opening = Parameters<typeof openDataset>[1];

export type HeldOutOptions = {
  readonly store: Store;
  readonly output: Output;
  readonly signal: AbortSignal;
};

/** `config` has the same labels as the classifier; `others` are the networks that it is compared with or chooses from. */
export async function openHeldOut(
  config: Experiment["dataset"],
  classifier: RunRow,
  others: readonly RunRow[],
  { store, output, signal }: HeldOutOptions,
): Promise<HeldOut> {
  const opening = { runsFolder: store.folder, output, signal };
  const labels = await labelsOf(classifier, opening);
  const runs = [classifier, ...others, ...tellersOf(others, store)];
  const dataset = await openDataset(
    { ...classifier.experiment, dataset: config },
    { ...opening, key: "images" },
  );
  try {
    requireLabels(dataset.labels!.names, labels);
    const all = Uint32Array.of(...dataset.unseen, ...dataset.seen);
    const notes: string[] = [];
    const trainedOn = trainedHashes(store, runs);
    const hashes = hashesOf(dataset, all);
    let left: Uint32Array = all.filter((_, place) => !trainedOn.has(hashes[place]!));
    if (left.length < all.length)
      notes.push(
        `${all.length - left.length} of ${all.length} images left out, as a network was trained on them`,
      );
    for (const run of runs) {
      if (run.experiment.dataset.kind === "elsewhere") {
        notes.push(
          `whether run ${run.id} was trained on any of them is not known, as it was trained elsewhere`,
        );
        continue;
      }
      const trained = await openTrained(run, opening);
      if (trained === null) {
        notes.push(
          `whether images are nearly the same as ones that run ${run.id} was trained on is not known`,
        );
        continue;
      }
      try {
        const near = new Set(
          (await nearlyTrainedOn({ dataset, indices: left }, trained, signal)).map(({ unseen }) => unseen),
        );
        if (near.size === 0) continue;
        left = left.filter((index) => !near.has(index));
        notes.push(`${near.size} left out, as nearly the same as ones that run ${run.id} was trained on`);
      } finally {
        trained.close();
      }
    }
    left = await withoutTwins(dataset, left, { notes, signal });
    const images = Array.from(left, (index) => ({
      id: dataset.ids[index]!,
      index,
      class: labels.indexOf(classOf(dataset, index)),
      use: useOf(dataset.images[index]!.hash),
    }));
    return { dataset, labels, images, notes };
  } catch (error) {
    dataset.close();
    throw error;
  }
}

/** The labels that a classifier gives probabilities of, in their order. */
async function labelsOf(run: RunRow, options: Opening): Promise<readonly string[]> {
  const trained = await openTrained(run, options);
  trained?.close();
  if (trained?.labels) return trained.labels.names;
  throw new UserError(
    `run ${run.id}: which labels it tells is not known, as its images are not there as they were; train it anew`,
  );
}

function requireLabels(got: readonly string[], expected: readonly string[]): void {
  if (got.length === expected.length && got.every((name) => expected.includes(name))) return;
  throw new UserError(
    `images: expected the classes of the classifier, ${expected.join(", ")}, got ${got.join(", ")}`,
  );
}

/** What the router is tried on must not be nearly the same as what sets its numbers, such as a burst of one scene. */
async function withoutTwins(
  dataset: PreparedDataset,
  indices: Uint32Array,
  { notes, signal }: { readonly notes: string[]; readonly signal: AbortSignal },
): Promise<Uint32Array> {
  const usedTo = (use: HeldOutImage["use"]) =>
    indices.filter((index) => useOf(dataset.images[index]!.hash) === use);
  const near = await nearlyTrainedOn(
    { dataset, indices: usedTo("report") },
    { ...dataset, seen: usedTo("build") },
    signal,
  );
  const twins = new Set(near.map(({ unseen }) => unseen));
  if (twins.size > 0)
    notes.push(
      `${twins.size} left out of the report, as nearly the same as ones that set the router's numbers`,
    );
  return indices.filter((index) => !twins.has(index));
}

function useOf(hash: string): HeldOutImage["use"] {
  return Number.parseInt(hash[0]!, 16) < 8 ? "build" : "report";
}

/** The images that a run was trained on, to look at; null where they are not there as they were. */
async function openTrained(run: RunRow, options: Opening): Promise<PreparedDataset | null> {
  try {
    const dataset = await openDataset(run.experiment, options);
    if (dataset.fingerprint === run.datasetFingerprint) return dataset;
    dataset.close();
    return null;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return null;
  }
}

function classOf({ labels, ids }: PreparedDataset, index: number): string {
  const flags = new Float32Array(labels!.names.length);
  labels!.read([index], flags);
  const own = labels!.names.filter((_, place) => flags[place] === 1);
  if (own.length === 1) return own[0]!;
  throw new UserError(
    `images: expected one class for each image, got ${own.length === 0 ? "none" : own.join(" and ")} for ${ids[index]}`,
  );
}
