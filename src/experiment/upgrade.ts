// Stored experiments of older versions, brought to the keys of this one, once. The number of upgrades that a stored
// experiment has seen stands beside it (runs.experiment_version). An upgrade that was released is never edited: append the
// next one.

import type { Experiment } from "./experiment.ts";

type Plain = Readonly<Record<string, unknown>>;

/** Keys that got another name, by the path that users write. */
export const renamedKeys: Readonly<Record<string, string>> = { "model.colour": "color" };

export const experimentUpgrades: readonly ((stored: Plain) => Plain)[] = [
  snakeCaseKeys,
  americanColor,
  keysThatCameLater,
  lastBatch,
  precision,
  samplesOfSets,
  labelsOfFolders,
  loggedElsewhere,
];

/** The experiment in `stored`, which has seen `version` upgrades. */
export function upgradeExperiment(stored: unknown, version: number): Experiment {
  // Each upgrade gives what the next one expects; the last one gives an experiment as the schema completes it.
  const upgraded: unknown = experimentUpgrades
    .slice(version)
    .reduce((experiment, upgrade) => upgrade(experiment), stored as Plain);
  return upgraded as Experiment;
}

/** 1. Keys in camelCase, but for those that users name themselves. */
function snakeCaseKeys(stored: Plain): Plain {
  const snake = (key: string) => key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const keys = (value: unknown, rename: (key: string) => string): unknown => {
    if (Array.isArray(value)) return value.map((item) => keys(item, snake));
    if (!isPlain(value)) return value;
    return mapEntries(value, (key, inner) => [
      rename(key),
      key === "attributes" ? inner : keys(inner, snake),
    ]);
  };
  const { evaluate, ...rest } = stored;
  return {
    ...(keys(rest, snake) as Plain),
    ...(evaluate !== undefined && { evaluate: keys(evaluate, (name) => name) }),
  };
}

/** 2. `model.colour` is `model.color`. */
function americanColor(stored: Plain): Plain {
  const { model } = stored;
  if (!isPlain(model) || !("colour" in model)) return stored;
  return { ...stored, model: mapEntries(model, (key, value) => [key === "colour" ? "color" : key, value]) };
}

/** 3. Keys that came after the first runs, with what those runs did. */
function keysThatCameLater(stored: Plain): Plain {
  const { dataset, samples, train, model, evaluate } = stored as Readonly<Record<string, Plain | undefined>>;
  return {
    device: "auto",
    ...stored,
    model: completedModel(model!),
    dataset: completedDataset(dataset!),
    train: {
      accumulate: 1,
      discriminator_optimizer: null,
      ...train,
      augment: { flip: false, crop: 1, rotate: 0, zoom: 0, ...(train?.augment as object | undefined) },
    },
    samples: { measured: 256, ...samples },
    metrics: stored.metrics ?? [],
    evaluate: mapEntries(evaluate ?? {}, (name, set) => [name, completedDataset(set as Plain)]),
  };
}

/** 5. `precision` and `deterministic`, beside the device. */
function precision(stored: Plain): Plain {
  return { precision: "float32", deterministic: false, ...stored };
}

/** 6. `samples.each`: before it no pictures of evaluation sets were drawn. */
function samplesOfSets(stored: Plain): Plain {
  return { ...stored, samples: { each: 0, ...(stored.samples as Plain | undefined) } };
}

function completedModel(model: Plain): Plain {
  if (model.kind !== "pix2pix") return model;
  return { evaluation: "running", attention: null, spectral_norm: [], ...model };
}

function completedDataset(dataset: Plain): Plain {
  const completed = completedPart(dataset);
  return { greyscale: "keep", ...completed, ...(hasOfficialSides(completed) && { holdout: null }) };
}

function hasOfficialSides({ kind, parts, split, unseen_split }: Plain): boolean {
  if (kind === "union")
    return (parts as readonly { dataset: Plain }[]).every((part) => hasOfficialSides(part.dataset));
  return kind === "folder" ? split !== null : typeof unseen_split === "string";
}

function completedPart(dataset: Plain): Plain {
  if (dataset.kind === "coco")
    return { unseen_split: null, min_area: 0, iscrowd: "include", unannotated: null, ...dataset };
  if (dataset.kind === "folder") return { include: [], exclude: [], split: null, ...dataset };
  if (dataset.kind !== "union") return dataset;
  const parts = (dataset.parts as readonly Plain[]).map((part) => ({
    ...part,
    dataset: completedPart(part.dataset as Plain),
  }));
  return { ...dataset, parts };
}

/** 4. Before `train.last_batch` what did not fill a batch was dropped. */
function lastBatch(stored: Plain): Plain {
  return { ...stored, train: { last_batch: "drop", ...(stored.train as Plain | undefined) } };
}

/** 7. Sub-folders and parts of unions may be labels, and parts have names. */
function labelsOfFolders(stored: Plain): Plain {
  return {
    ...stored,
    dataset: withLabels(stored.dataset as Plain),
    evaluate: mapEntries(stored.evaluate as Plain, (name, set) => [name, withLabels(set as Plain)]),
  };
}

function withLabels(dataset: Plain): Plain {
  if (dataset.kind === "folder") return { labels: null, ...dataset };
  if (dataset.kind !== "union") return dataset;
  const parts = (dataset.parts as readonly Plain[]).map((part) => ({
    name: null,
    ...part,
    dataset: withLabels(part.dataset as Plain),
  }));
  return { labels: null, ...dataset, parts };
}

/** 8. `log`: before it runs were logged in the store alone. */
function loggedElsewhere(stored: Plain): Plain {
  return { log: { tensorboard: null }, ...stored };
}

function isPlain(value: unknown): value is Plain {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function mapEntries(record: Plain, entry: (key: string, value: unknown) => [string, unknown]): Plain {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => entry(key, value)));
}
