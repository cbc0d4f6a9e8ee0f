// What a picture shows, as one network tells another: what users write about it, and what networks get.

import type { Tensor2D, Tensor4D } from "@tensorflow/tfjs-core";
import { z } from "zod";
import { kind, oneOf, text } from "../settings/leaves.ts";
import type { Path } from "../settings/paths.ts";
import { type SettingsOf, variants } from "../settings/variants.ts";
import type { State, Tensors } from "../training-step.ts";
import type { LayerRow } from "./layer-row.ts";
import { type PretrainedKind, pretrained } from "./pretrained/pretrained.ts";

const output = oneOf(["classes", "features"])
  .default("classes")
  .describe("What gamma is told: the probabilities of the classes, or the features that they are made from.");

const trained = z.strictObject({
  kind: kind("trained", "A run of the model kind `classifier`: nothing to download."),
  run: text().describe("Its id or name, or `latest` for the newest one, in the same runs folder."),
  output,
});

const fromFile = <const Kind extends PretrainedKind>(name: Kind) => ({
  schema: z.strictObject({
    kind: kind(name, pretrained[name].description),
    weights: text().describe(
      "A .safetensors file, a TensorFlow.js layers model (.json) or an .onnx file, which is run as it is; docs/classifiers.md says how to make one. A relative path starts at this file's folder, on the command line at the current one.",
    ),
    output,
  }),
});

/** The options of every model that needs an embedding. */
export const embeddingOptions = {
  classifier: variants("kind", [
    { schema: trained },
    fromFile("mobilenet_v2"),
    fromFile("inception_resnet_v2"),
  ]).describe("What tells gamma what a picture shows."),
  fine_tune: z
    .boolean({ error: "true or false" })
    .default(false)
    .describe("Train the classifier along; frozen otherwise."),
};

/** What an experiment says about the embedding that its model needs. */
export type EmbeddingSettings = SettingsOf<typeof embeddingOptions>;

/** Where they name a file. */
export function embeddingPaths({ classifier }: EmbeddingSettings): readonly Path[] {
  return "weights" in classifier ? [["classifier", "weights"]] : [];
}

/** Which network tells it. */
export type EmbeddingSource = EmbeddingSettings["classifier"];

/** A vector that says what a grey picture shows, made by another network. */
export type Embedding = {
  readonly size: number;
  /** The network that makes it, where it is to be trained along; otherwise the vectors come with the batch. */
  readonly trained: EmbeddingNetwork | null;
};

export type EmbeddingNetwork = {
  readonly weights: State;
  /** Those of `weights` that training changes. */
  readonly trainable: readonly string[];
  readonly layers: readonly LayerRow[];
  /** Luma [N, H, W, 1] in [-1, 1] -> [N, size]. */
  embed(weights: Tensors, luma: Tensor4D): Tensor2D;
};

/** `size` is the length of what it tells. */
export type SizedEmbeddingNetwork = EmbeddingNetwork & { readonly size: number };
