// Networks as experiments describe them, and one of every kind with its options.

import type { Experiment } from "../../src/experiment/experiment.ts";
import { models } from "../../src/models/models.ts";
import type { BuildNetwork, Network, TrainSettings } from "../../src/models/network.ts";
import { type OptimizerConfig, optimizerSchema } from "../../src/models/optimizers/optimizers.ts";
import { resolve } from "../experiment/fixtures.ts";

const loaded = models.map(async ({ kind, load }) => [kind, (await load()) as BuildNetwork<unknown>] as const);
const builders: Readonly<Record<string, BuildNetwork<unknown>>> = Object.fromEntries(
  await Promise.all(loaded),
);

/** With the usual numbers where `written` leaves them out. */
export function optimizerOf(written: {
  readonly name: OptimizerConfig["name"];
  readonly [number: string]: unknown;
}): OptimizerConfig {
  return optimizerSchema.parse(written);
}

export function trainSettings(
  batchSize: number,
  optimizer: OptimizerConfig,
  more: Partial<TrainSettings> = {},
): TrainSettings {
  return { batch_size: batchSize, accumulate: 1, optimizer, discriminator_optimizer: null, ...more };
}

/** What passes update and optimizers do not. */
export const isStatistic = (name: string) => /\/(mean|variance|spectral\/[uv])$/.test(name);

/** Optimizers without moments, so that the state is weights and statistics. */
export function networkOf(model: string, ...overrides: string[]): Network {
  const dataset = /classifier$|kind: classifier/.test(model) ? "{kind: coco, root: x}" : "synthetic";
  return buildNetwork(resolve(`model: ${model}\ndataset: ${dataset}\ntrain: {optimizer: sgd}\n`, overrides));
}

export function buildNetwork({ model, image, train }: Experiment, embedding = 1000, labels = 80): Network {
  return builders[model.kind]!({
    model,
    imageSize: image.size,
    train,
    embedding: { size: embedding, trained: null },
    labels,
  });
}

export const gammaText = "{kind: gamma, classifier: {kind: mobilenet_v2, weights: x}}";

export const everyModel: readonly [model: string, ...overrides: string[]][] = [
  ["alpha"],
  ["beta", "image.size=8"],
  [gammaText, "image.size=16"],
  ["classifier"],
  ["{kind: classifier, width: 3}", "image.size=24"],
  ["pix2pix"],
  ["{kind: pix2pix, width: 16, color: rgb, norm: instance}"],
  ["{kind: pix2pix, width: 8, norm: none, depth: 5, dropout: paper}", "image.size=64"],
  ["{kind: pix2pix, width: 12, discriminator: {width: 5, n_layers: 2, scales: 3, feature_matching: 10}}"],
  ["{kind: pix2pix, width: 16, spectral_norm: [generator, discriminator]}"],
  [
    "{kind: pix2pix, width: 16, attention: {in: [generator, discriminator], at: 16}, spectral_norm: [generator]}",
  ],
  ["{kind: pix2pix, width: 16, attention: {in: [generator, discriminator], at: 16, form: pooled}}"],
  ["{kind: pix2pix, width: 16, discriminator: {scales: 2}, attention: {at: 16}}"],
];
