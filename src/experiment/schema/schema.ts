// What a user may write, in the snake_case of the files: the single definition from which checks, defaults,
// known names and the JSON Schema for editors all come. The `error` of a leaf completes "expected …".

import { z } from "zod";
import { sharedOptions } from "../../datasets/shared-options.ts";
import {
  type DeviceChoice,
  devicePattern,
  deviceWords,
  engineChoices,
  precisions,
} from "../../engine/choices.ts";
import { modelSchema } from "../../models/models.ts";
import { optimizerSchema } from "../../models/optimizers/optimizers.ts";
import { above, atLeast, kind, oneOf, rate, text, whole } from "../../settings/leaves.ts";
import { dataset } from "./dataset-schema.ts";
import { evaluate, metrics } from "./metric-schema.ts";

const model = modelSchema
  .prefault({ kind: "beta" })
  .describe("The network. `model: beta` is short for `model: {kind: beta}`.");

const schedule = z
  .discriminatedUnion("kind", [
    z.strictObject({ kind: kind("constant", "The learning rate stays as it is.") }),
    z.strictObject({
      kind: kind("linear", "pix2pix: constant, then linearly towards zero over the last epochs."),
      decay_epochs: whole("epochs", { least: 1 }).describe("How many of the last epochs; pix2pix: half."),
    }),
    z.strictObject({
      kind: kind("cosine", "Half a cosine down to zero, after a linear warm-up."),
      warmup_epochs: atLeast(0).default(0).describe("Epochs of linear warm-up; fractions are welcome."),
    }),
    z.strictObject({
      kind: kind("step", "Times `factor` every `every_epochs` epochs, as torch's StepLR."),
      every_epochs: whole("epochs", { least: 1 }).describe("Epochs between two steps."),
      factor: above(0).default(0.1).describe("What the learning rate is multiplied by."),
    }),
  ])
  .prefault({ kind: "constant" })
  .describe("The learning rate over time. `schedule: cosine` is short for `schedule: {kind: cosine}`.");

const augment = z
  .strictObject({
    flip: z
      .boolean({ error: "true or false" })
      .default(false)
      .describe("Exchange left and right, half the time."),
    crop: z
      .number({ error: "a number from 1 to 2" })
      .min(1, { error: "a number from 1 to 2" })
      .max(2, { error: "a number from 1 to 2" })
      .default(1)
      .describe(
        "Prepare images so many times as large and take a random window; pix2pix: 1.117 (286 to 256).",
      ),
    rotate: z
      .number({ error: "degrees from 0 to 180" })
      .min(0, { error: "degrees from 0 to 180" })
      .max(180, { error: "degrees from 0 to 180" })
      .default(0)
      .describe("Turn by at most so many degrees, either way; Wallner's notebooks: 20."),
    zoom: rate().default(0).describe("Shrink or enlarge by at most this share; Wallner's notebooks: 0.2."),
  })
  .prefault({})
  .describe("Other views of the training images in every epoch; none where it is left out.");

const train = z
  .strictObject({
    epochs: whole("epochs", { least: 1 })
      .default(20)
      .describe(
        "How often the seen images are gone through; what `last_batch` drops are other ones each time.",
      ),
    batch_size: whole("images", { least: 1 }).default(16).describe("Images in a training step."),
    last_batch: oneOf(["drop", "keep"])
      .default("drop")
      .describe(
        "What becomes of the images of an epoch that do not fill a batch: drop leaves them out, other ones each time; keep trains on them as a smaller last batch.",
      ),
    accumulate: whole("parts", { least: 1 })
      .default(1)
      .describe(
        "Take a step's images in so many equal parts, one after another, and add up their gradients: a large batch in the memory of a small one.",
      ),
    optimizer: optimizerSchema.prefault({ name: "adam" }),
    discriminator_optimizer: optimizerSchema
      .nullable()
      .default(null)
      .describe("For pix2pix's discriminator: what differs from `optimizer`; null is the same."),
    schedule,
    augment,
  })
  .prefault({})
  .describe("How the network is trained.");

export const schema = z.strictObject({
  name: text()
    .max(200, { error: "a text of at most 200 characters" })
    .regex(/^\P{Cc}*$/u, { error: "a text of one line" })
    .optional()
    .describe("Name of the run; the file's name where it is left out."),
  description: z.string({ error: "a text" }).default("").describe("A sentence for the report."),
  tags: z.array(text(), { error: "a list of words" }).default([]).describe("Words to find the run by."),
  seed: whole("", { least: 0 })
    .default(1)
    .describe("Fixes the initial weights, the order of the images and the dropout masks."),
  engine: oneOf(engineChoices)
    .default("auto")
    .describe(
      "What computes: auto takes your PyTorch on a GPU that it reaches, otherwise ONNX Runtime, otherwise TensorFlow.",
    ),
  device: z
    .string({ error: deviceWords })
    .regex(devicePattern, { error: deviceWords })
    .default("auto")
    .describe(
      "What it computes on: auto takes CUDA (AMD's ROCm too), else Apple's GPU (mps), else WebGPU on a real GPU, else the CPU; cuda:1 is the second of several GPUs; `hueristic doctor` shows which are here.",
    )
    .pipe(z.custom<DeviceChoice>()),
  precision: oneOf(precisions)
    .default("float32")
    .describe(
      "Of products and maps, with engine: torch: tf32 (NVIDIA's GPUs from Ampere on) rounds what products take, bfloat16 keeps maps in half the memory too. Weights and optimizer stay float32. Values of runs compare within one precision.",
    ),
  deterministic: z
    .boolean({ error: "true or false" })
    .default(false)
    .describe(
      "With engine: torch on a GPU: only kernels that give the same bits every time, which are slower. On a CPU all are.",
    ),
  model,
  dataset,
  image: z
    .strictObject({
      size: whole("pixels", { least: 8, most: 1024 })
        .default(64)
        .describe("Width and height of the square images."),
    })
    .prefault({})
    .describe("How images are prepared."),
  train,
  samples: z
    .strictObject({
      every: whole("epochs", { least: 1 }).default(5).describe("Epochs between two sample grids."),
      seen: whole("images", { least: 0, most: 256 }).default(8).describe("Images of the training set drawn."),
      unseen: whole("images", { least: 0, most: 256 }).default(8).describe("Held-out images drawn."),
      each: whole("images", { least: 0, most: 256 })
        .default(8)
        .describe("Images drawn of each set under `evaluate`: the first of those that it is measured on."),
      measured: whole("images", { least: 1 })
        .default(256)
        .describe(
          "Metrics are measured on at most so many images of each set, the first in seeded order; of the seen ones on no more than of the unseen ones.",
        ),
    })
    .prefault({})
    .describe("Sample grids and metrics: at epoch 0, every few epochs and at the last one."),
  checkpoint: z
    .strictObject({
      every: whole("epochs", { least: 1 }).default(5).describe("Epochs between two checkpoints."),
      keep: whole("checkpoints", { least: 1 })
        .default(2)
        .describe("How many of the newest checkpoints stay."),
    })
    .prefault({})
    .describe("Checkpoints: every few epochs and at the end."),
  log: z
    .strictObject({
      tensorboard: text()
        .nullable()
        .default(null)
        .describe(
          "Folder in which TensorBoard finds the run while it trains, beside the store; null is none. A relative one begins at this file's folder.",
        ),
    })
    .prefault({})
    .describe("Where values and pictures go as well while the network trains."),
  metrics,
  evaluate,
});

export type Written = z.output<typeof schema>;

export type Variant = {
  readonly path: readonly string[];
  readonly key: string;
  /** Keys that every variant knows: they stay when the variant changes. */
  readonly shared: readonly string[];
  /** The variant that is meant where `key` is left out; null where it must be written. */
  readonly usual: string | null;
};

/** Stands in a path for every place of a list and every name of a mapping whose names are the user's. */
export const anyItem = "*";

/** Sections with variants: the key that says which. `section: word` is short for `section: {key: word}`. */
export const variants: readonly Variant[] = [
  { path: ["model"], key: "kind", shared: [], usual: "beta" },
  { path: ["dataset"], key: "kind", shared: Object.keys(sharedOptions), usual: null },
  { path: ["dataset", "parts", anyItem, "dataset"], key: "kind", shared: [], usual: null },
  { path: ["model", "classifier"], key: "kind", shared: ["output"], usual: null },
  { path: ["train", "optimizer"], key: "name", shared: [], usual: "adam" },
  { path: ["train", "discriminator_optimizer"], key: "name", shared: [], usual: null },
  { path: ["train", "schedule"], key: "kind", shared: [], usual: null },
  { path: ["metrics", anyItem], key: "name", shared: [], usual: null },
  { path: ["evaluate", anyItem], key: "kind", shared: Object.keys(sharedOptions), usual: null },
  { path: ["evaluate", anyItem, "parts", anyItem, "dataset"], key: "kind", shared: [], usual: null },
];

/** The section at `path` where it has variants. */
export function variantAt(path: readonly (string | number)[]): Variant | undefined {
  return variants.find(
    (variant) =>
      variant.path.length === path.length &&
      variant.path.every((key, index) => key === path[index] || key === anyItem),
  );
}
