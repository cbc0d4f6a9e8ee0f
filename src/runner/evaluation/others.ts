// Networks that were trained on different data sets, each on the unseen images of all of them: of every data set those unseen
// images that none of the networks was trained on, as their files say, so that no number is of an image that a network knows,
// and all numbers of a data set are of the same images.

import { createHash } from "node:crypto";
import path from "node:path";
import type { DatasetConfig } from "../../datasets/datasets.ts";
import type { PreparedDataset } from "../../datasets/prepare/prepare.ts";
import { UserError } from "../../errors.ts";
import { modelOf } from "../../models/models.ts";
import { measuredImages, measuredSet } from "../../runs/comparable.ts";
import type { Store } from "../../store/open-store.ts";
import type { RunRow } from "../../store/rows.ts";
import { tellersOf } from "../embedding/tellers-of.ts";
import { imageHashesOf, trainedHashes } from "./image-hashes.ts";
import type { WantedSet } from "./open-sets.ts";
import { setName } from "./set-name.ts";

/** Which images of a data set are measured on. */
export type UnseenByAll = {
  /** Fingerprint of the whole data set. */
  readonly of: string;
  /** Of these images: that of the whole where they are all of its unseen ones. */
  readonly fingerprint: string;
  /** SHA-256 of their files. */
  readonly hashes: ReadonlySet<string>;
};

export type OthersOfRun = { readonly run: RunRow; readonly sets: readonly WantedSet[] };

/**
 * What every one of `runs` is to be measured on; nothing of its own data set where its unseen images are just those. `notes`
 * say how many images are left out. Throws UserError for runs that cannot be measured on each other's images.
 */
export function othersOf(
  store: Store,
  runs: readonly RunRow[],
): { readonly jobs: readonly OthersOfRun[]; readonly notes: readonly string[] } {
  requireAlike(runs);
  const trainers = [...new Map(runs.map((run) => [run.datasetFingerprint, run])).values()]; // one for each data set
  const unseenOf = ({ id }: RunRow) => measuredImages(measuredSet(store.measuredSets(id), "unseen"));
  // Data sets that differ only in what is trained on have the same unseen images, which count once.
  const owners = [...new Map(trainers.toReversed().map((run) => [unseenOf(run), run])).values()].toReversed();
  const trained = trainedHashes(store, [...trainers, ...tellersOf(runs, store)]);
  const named = withNames(trainers, takenNames(store, runs));
  const notes: string[] = [];
  const all = owners.flatMap((owner) => {
    const of = owner.datasetFingerprint;
    const name = named.get(of)!;
    const unseen = imageHashesOf(store, owner, "unseen");
    const kept = unseen.filter((hash) => !trained.has(hash));
    if (kept.length < unseen.length)
      notes.push(
        `${name}: ${unseen.length - kept.length} of ${unseen.length} unseen images are left out, as others of these runs were trained on them`,
      );
    if (kept.length === 0) return [];
    const fingerprint = kept.length === unseen.length ? of : fingerprintOf(of, kept);
    const config = owner.experiment.dataset;
    const set: WantedSet = { name, config, unseenByAll: { of, fingerprint, hashes: new Set(kept) } };
    return [{ set, images: unseenOf(owner), isWhole: fingerprint === of }];
  });
  const jobs = runs.map((run) => {
    const sets = store.measuredSets(run.id);
    const own = measuredSet(sets, "unseen");
    const hasPart = sets.some(({ partOf }) => partOf === own.images);
    const isThere = ({ images, isWhole }: (typeof all)[number]) =>
      isWhole && images === measuredImages(own) && !hasPart;
    return { run, sets: all.flatMap((each) => (isThere(each) ? [] : [each.set])) };
  });
  if (all.length > 0 && jobs.every(({ sets }) => sets.length === 0))
    notes.push("all of these runs have the same unseen images, on which they were measured");
  return { jobs, notes };
}

/** The images of `dataset` that are meant, as a data set that has no others. Throws UserError where it has changed since. */
export function unseenByAllOf(
  dataset: PreparedDataset,
  { of, fingerprint, hashes }: UnseenByAll,
): PreparedDataset {
  if (dataset.fingerprint !== of)
    throw new UserError(
      `${dataset.description}: its images changed since a run was trained on them (fingerprint ${of.slice(0, 12)}, now ${dataset.fingerprint.slice(0, 12)})`,
    );
  if (fingerprint === of) return dataset;
  const unseen = dataset.unseen.filter((index) => hashes.has(dataset.images[index]!.hash));
  const description = `${dataset.description}: ${unseen.length} unseen that others were not trained on`;
  return { ...dataset, fingerprint, description, seen: new Uint32Array(), unseen };
}

function requireAlike(runs: readonly RunRow[]): void {
  const colorless = runs.find(({ experiment: { model } }) => modelOf(model).output(model) === "labels");
  if (colorless)
    throw new UserError(
      `run ${colorless.id}: expected a network that makes colors, got a ${colorless.experiment.model.kind}`,
    );
  const sizes = [...new Set(runs.map(({ experiment }) => experiment.image.size))];
  if (sizes.length > 1)
    throw new UserError(
      `expected networks of one image.size to compare on each other's images, got ${sizes.join(", ")}`,
    );
  const counts = [...new Set(runs.map(({ experiment }) => experiment.samples.measured))];
  if (counts.length > 1)
    throw new UserError(
      `expected networks of one samples.measured, so that all are measured on the same images, got ${counts.join(", ")}`,
    );
  if (new Set(runs.map(({ datasetFingerprint }) => datasetFingerprint)).size < 2)
    throw new UserError(
      "expected networks of two data sets or more to measure on each other's images, got one",
    );
}

function fingerprintOf(of: string, kept: readonly string[]): string {
  return createHash("sha256")
    .update(`unseen by all of ${of}\n${kept.join("\n")}`)
    .digest("hex");
}

/** Names that the runs use for other images, such as for what a folder of that name held before. */
function takenNames(store: Store, runs: readonly RunRow[]): ReadonlySet<string> {
  const own = new Set(runs.map(({ datasetFingerprint }) => datasetFingerprint));
  return new Set([
    ...runs.flatMap(({ experiment }) => Object.keys(experiment.evaluate)),
    ...runs.flatMap(({ id }) =>
      store
        .evaluationSets(id)
        .flatMap(({ set, partOf }) => (partOf == null || !own.has(partOf) ? [set] : [])),
    ),
  ]);
}

/** By fingerprint: what the images are called, with the beginning of their fingerprint where others are called so. */
function withNames(trainers: readonly RunRow[], taken: ReadonlySet<string>): ReadonlyMap<string, string> {
  const names = trainers.map(({ datasetFingerprint: of, experiment }) => ({
    of,
    name: setName(wordOf(experiment.dataset)),
  }));
  return new Map(
    names.map(({ of, name }) => {
      const isFree = !taken.has(name) && names.filter((each) => each.name === name).length === 1;
      return [of, isFree ? name : `${name}-${of.slice(0, 6)}`];
    }),
  );
}

/** Such as "celeba", "scenes" of a folder, "celeba-scenes" of a union. */
function wordOf(config: DatasetConfig): string {
  if (config.kind === "union")
    return config.parts.map(({ dataset }) => wordOf(dataset as DatasetConfig)).join("-");
  return config.kind === "folder" ? path.basename(path.resolve(config.root)) : config.kind;
}
