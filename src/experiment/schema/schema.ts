// What a user may write, in the snake_case of the files: the single definition from which checks, defaults,
// known names and the JSON Schema for editors all come. The `error` of a leaf completes "expected …".

import { z } from "zod";
import { sharedOptions } from "../../datasets/shared-options.ts";
import { above, atLeast, kind, oneOf, rate, text, whole } from "../../settings/leaves.ts";
import { dataset } from "./dataset-schema.ts";
import { evaluate, metrics } from "./metric-schema.ts";

// --- model

const size = (what: string, value: number) =>
  whole("channels", { least: 1, most: 1024 }).default(value).describe(what);

const embeddingOutput = oneOf(["classes", "features"])
  .default("classes")
  .describe("What gamma is told: the probabilities of the classes, or the features that they are made from.");

const pretrained = <const Name extends string>(name: Name, description: string) =>
  z.strictObject({
    kind: kind(name, description),
    weights: text().describe(
      "A .safetensors file, a TensorFlow.js layers model (.json) or an .onnx file, which is run as it is; docs/classifiers.md says how to make one. A relative path starts at this file's folder, on the command line at the current one.",
    ),
    output: embeddingOutput,
  });

const classifier = z
  .discriminatedUnion("kind", [
    z.strictObject({
      kind: kind("trained", "A run of the model kind `classifier`: nothing to download."),
      run: text().describe("Its id or name, or `latest` for the newest one, in the same runs folder."),
      output: embeddingOutput,
    }),
    pretrained("mobilenet_v2", "MobileNetV2 at width 1.0, trained on ImageNet."),
    pretrained("inception_resnet_v2", "Inception-ResNet-v2, trained on ImageNet."),
  ])
  .describe("What tells gamma what a picture shows.");

const networks = ["generator", "discriminator"] as const;
const networkList = () => z.array(oneOf(networks), { error: "a list of generator and discriminator" });

const discriminator = z
  .strictObject({
    width: whole("channels", { least: 1, most: 1024 })
      .nullable()
      .default(null)
      .describe("Channels of its first layer (ndf); null takes the generator's."),
    n_layers: whole("layers", { least: 1, most: 6 })
      .default(3)
      .describe("Convolutions of stride 2; 3 judge patches of 70x70 pixels, 1 of 16x16."),
    scales: whole("scales", { least: 1, most: 3 })
      .default(1)
      .describe("Discriminators on the picture, its half and its quarter, as in pix2pixHD."),
    feature_matching: atLeast(0)
      .default(0)
      .describe("Weight of pix2pixHD's feature matching, there 10; 0 is none."),
    padding: z
      .union([z.literal(1), z.literal(2)], { error: "1, 2 or null" })
      .nullable()
      .default(null)
      .describe("Of its convolutions; null is 1 as in pix2pix, or 2 as in pix2pixHD with several scales."),
  })
  .prefault({})
  .describe("pix2pix's second network, which judges the pictures of the first.");

const attention = z
  .strictObject({
    in: networkList()
      .min(1, { error: "at least one of generator, discriminator" })
      .default(["discriminator"])
      .describe("Which networks attend."),
    at: whole("pixels", { least: 2, most: 512 })
      .default(32)
      .describe("Side of the map that attends to itself."),
    form: oneOf(["full", "pooled"])
      .default("full")
      .describe("full: every place looks at every other; pooled: at every 2x2 square, as in Google's code."),
  })
  .nullable()
  .default(null)
  .describe("Self-attention as in SAGAN; null is none.");

const model = z
  .discriminatedUnion("kind", [
    z.strictObject({
      kind: kind("alpha", "The smallest encoder and decoder; mean squared error of the chroma."),
    }),
    z.strictObject({
      kind: kind("beta", "Plain convolutional encoder and decoder; mean squared error of the chroma."),
    }),
    z.strictObject({
      kind: kind("gamma", "Encoder and decoder with a classifier's output in between."),
      classifier,
      fine_tune: z
        .boolean({ error: "true or false" })
        .default(false)
        .describe("Train the classifier along; frozen otherwise."),
    }),
    z.strictObject({
      kind: kind("pix2pix", "A U-Net trained against a discriminator of patches, and by the L1 distance."),
      color: oneOf(["lab", "rgb"])
        .default("lab")
        .describe("What the generator makes of luma: chroma (lab), or the whole picture (rgb)."),
      width: size("Channels of the generator's first layer (ngf).", 64),
      depth: whole("halvings", { least: 5, most: 9 })
        .nullable()
        .default(null)
        .describe("Halvings of the U-Net; null is as many as the image size allows, at most 8 (unet_256)."),
      norm: oneOf(["batch", "instance", "none"]).default("batch").describe("Of both networks."),
      dropout: oneOf(["reference", "paper", "none"])
        .default("reference")
        .describe("In the blocks that the reference code drops out, or in the first three of the decoder."),
      gan_loss: oneOf(["vanilla", "lsgan", "hinge"])
        .default("vanilla")
        .describe("Cross-entropy, least squares or hinge."),
      l1_weight: atLeast(0).default(100).describe("Weight of the L1 distance beside the GAN loss."),
      discriminator,
      attention,
      spectral_norm: networkList().default([]).describe("Networks whose kernels are spectrally normalized."),
      evaluation: oneOf(["running", "batch_stats"])
        .default("running")
        .describe(
          "What batch norm uses after training: running statistics, or each image's own as pix2pix tests.",
        ),
    }),
    z.strictObject({
      kind: kind(
        "classifier",
        "Learns COCO's categories or CelebA's attributes from grey pictures, for gamma.",
      ),
      width: size("Channels of its first layer.", 32),
    }),
  ])
  .prefault({ kind: "beta" })
  .describe("The network. `model: beta` is short for `model: {kind: beta}`.");

// --- train

const epsilon = (value: number) => atLeast(0).default(value).describe("Keeps the divisor away from zero.");
const learningRate = (value: number) =>
  above(0).default(value).describe("Learning rate, before the schedule's factor.");
const beta1 = rate().default(0.9).describe("Decay of the running mean of the gradient.");
const beta2 = rate().default(0.999).describe("Decay of the running mean of its square.");

/** Defaults of torch.optim, but for two learning rates: sgd and momentum have 1e-3 there, rmsprop 1e-2. */
const optimizer = z
  .discriminatedUnion("name", [
    z.strictObject({
      name: kind("sgd", "Plain gradient descent."),
      learning_rate: learningRate(1e-2),
    }),
    z.strictObject({
      name: kind("momentum", "torch.optim.SGD with momentum."),
      learning_rate: learningRate(1e-2),
      momentum: rate().default(0.9).describe("Share of the velocity that is kept; 0.9 as is usual."),
    }),
    z.strictObject({
      name: kind("rmsprop", "torch.optim.RMSprop."),
      learning_rate: learningRate(1e-3),
      decay: rate().default(0.99).describe("Decay of the running mean of the squared gradient (alpha)."),
      epsilon: epsilon(1e-8),
    }),
    z.strictObject({
      name: kind("adagrad", "torch.optim.Adagrad."),
      learning_rate: learningRate(1e-2),
      epsilon: epsilon(1e-10),
      initial_accumulator: atLeast(0).default(0).describe("What the sum of squared gradients starts from."),
    }),
    z.strictObject({
      name: kind("adadelta", "torch.optim.Adadelta."),
      learning_rate: learningRate(1),
      decay: rate().default(0.9).describe("Decay of both running means (rho)."),
      epsilon: epsilon(1e-6),
    }),
    z.strictObject({
      name: kind("adam", "torch.optim.Adam."),
      learning_rate: learningRate(1e-3),
      beta1,
      beta2,
      epsilon: epsilon(1e-8),
    }),
    z.strictObject({
      name: kind("adamax", "torch.optim.Adamax."),
      learning_rate: learningRate(2e-3),
      beta1,
      beta2: beta2.describe("Decay of the running maximum of its size."),
      epsilon: epsilon(1e-8),
    }),
    z.strictObject({
      name: kind("adamw", "torch.optim.AdamW: Adam with weight decay apart from the gradient."),
      learning_rate: learningRate(1e-3),
      beta1,
      beta2,
      epsilon: epsilon(1e-8),
      weight_decay: atLeast(0)
        .default(1e-2)
        .describe("Share of a weight taken away, times the learning rate."),
    }),
  ])
  .describe("How weights change. `optimizer: adam` is short for `optimizer: {name: adam}`.");

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
    epochs: whole("epochs", { least: 1 }).default(20).describe("How often every seen image is trained on."),
    batch_size: whole("images", { least: 1 }).default(16).describe("Images in a training step."),
    accumulate: whole("parts", { least: 1 })
      .default(1)
      .describe(
        "Take a step's images in so many equal parts, one after another, and add up their gradients: a large batch in the memory of a small one.",
      ),
    optimizer: optimizer.prefault({ name: "adam" }),
    discriminator_optimizer: optimizer
      .nullable()
      .default(null)
      .describe("For pix2pix's discriminator: what differs from `optimizer`; null is the same."),
    schedule,
    augment,
  })
  .prefault({})
  .describe("How the network is trained.");

// --- the whole

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
  engine: oneOf(["auto", "onnx", "tensorflow"])
    .default("auto")
    .describe("What computes: auto takes ONNX Runtime where it reaches the device, otherwise TensorFlow."),
  device: oneOf(["auto", "cpu", "cuda", "webgpu"])
    .default("auto")
    .describe(
      "What it computes on: auto takes CUDA, else WebGPU on a real GPU, else the CPU; `hueristic doctor` shows which are here.",
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
