// What pix2pix, gamma and the classifier refuse, word for word, and the values that they take where nothing is said.

import assert from "node:assert/strict";
import { homedir } from "node:os";
import { test } from "node:test";
import { resolveExperiment } from "../../src/experiment/complete-experiment.ts";
import { experimentJsonSchema } from "../../src/experiment/schema/json-schema.ts";
import { experimentToYaml } from "../../src/experiment/text/experiment-to-yaml.ts";
import type { ConfigOf } from "../../src/models/model.ts";
import type { pix2pix as declared } from "../../src/models/pix2pix/pix2pix.ts";
import { depthFor, patchMaps, scaledSide } from "../../src/models/pix2pix/shapes.ts";
import { memoryFiles, problemsOf, resolve } from "./fixtures.ts";

/** Settings of the model in lines of their own from the fifth, so that a problem's line says which one it is about. */
function pix2pix(size: number, ...settings: string[]): string {
  const model = ["kind: pix2pix", ...settings].map((line) => `  ${line}`);
  return ["dataset: synthetic", `image: {size: ${size}}`, "model:", ...model, ""].join("\n");
}

const refused: readonly [text: string, ...expected: string[]][] = [
  [pix2pix(48), "2: image.size: expected a multiple of 32 for the model pix2pix, got 48"],
  [
    pix2pix(48, "depth: 9", "attention: {at: 3}"),
    "2: image.size: expected a multiple of 32 for the model pix2pix, got 48",
  ],
  [pix2pix(64, "depth: 7"), "5: model.depth: expected at most 6 halvings for images of 64x64, got 7"],
  [pix2pix(96, "depth: 6"), "5: model.depth: expected at most 5 halvings for images of 96x96, got 6"],
  [pix2pix(256, "depth: 9"), "5: model.depth: expected at most 8 halvings for images of 256x256, got 9"],
  [pix2pix(64, "depth: 4"), "5: model.depth: expected a whole number of halvings, 5 to 9, got 4"],
  [
    pix2pix(32, "discriminator: {n_layers: 4}"),
    "5: model.discriminator.n_layers: expected fewer layers for pictures of 32x32, of which nothing would be left, got 4",
  ],
  [
    pix2pix(32, "discriminator:", "  scales: 3", "  padding: 1"),
    "5: model.discriminator.n_layers: expected fewer layers for pictures of 16x16 (scale 2), of which nothing would be left, got 3",
  ],
  [
    pix2pix(64, "attention: {in: [generator], at: 64}"),
    "5: model.attention.at: expected for the generator at 64x64 one of its maps, 32, 16, 8, 4, 2, got 64",
  ],
  [
    pix2pix(64, "attention:", "  at: 4"),
    "6: model.attention.at: expected for the discriminator at 64x64 one of its maps, 32, 16, 8, got 4",
  ],
  [
    pix2pix(64, "attention: {in: [generator, discriminator, generator], at: 5}"),
    "5: model.attention.at: expected for the generator at 64x64 one of its maps, 32, 16, 8, 4, 2, got 5",
    "5: model.attention.at: expected for the discriminator at 64x64 one of its maps, 32, 16, 8, got 5",
  ],
  [
    pix2pix(96, "depth: 8", "attention: {in: [generator], at: 16}"),
    "5: model.depth: expected at most 5 halvings for images of 96x96, got 8",
    "6: model.attention.at: expected for the generator at 96x96 one of its maps, 48, 24, 12, 6, got 16",
  ],
  [
    pix2pix(96, "discriminator: {n_layers: 6, padding: 2}", "attention: {at: 2}"),
    "6: model.attention.at: expected for the discriminator at 96x96 one of its maps, 48, 24, 12, 6, 3, got 2",
  ],
  [
    pix2pix(128, "discriminator: {scales: 2}", "attention: {at: 64}"),
    "6: model.attention.at: expected for the discriminator at 128x128 one of its maps, 32, 16, got 64",
  ],
  [
    pix2pix(64, "discriminator: {scales: 3, n_layers: 1}", "attention: {at: 16}"),
    "6: model.attention.at: expected no attention in the discriminator at 64x64, which has no map that all its scales share, got 16",
  ],
  [
    pix2pix(64, "discriminator: {padding: 2}", "attention: {at: 16, form: pooled}"),
    "6: model.attention.at: expected no attention in the discriminator at 64x64, which has no map of even sides, got 16",
  ],
  [
    pix2pix(128, "discriminator: {scales: 2}", "attention: {at: 32, form: pooled}"),
    "6: model.attention.at: expected no attention in the discriminator at 128x128, which has no map of even sides that all its scales share, got 32",
  ],
  [
    pix2pix(64, "width: 3", "attention: {at: 16}"),
    "5: model.width: expected a width that gives the attention a multiple of 8 channels, got 3, which gives 6",
  ],
  [
    pix2pix(64, "discriminator: {width: 5}", "attention: {at: 16}"),
    "5: model.discriminator.width: expected a width that gives the attention a multiple of 8 channels, got 5, which gives 10",
  ],
  [
    pix2pix(
      64,
      "width: 2",
      "attention: {in: [generator, discriminator], at: 16}",
      "discriminator: {width: 4}",
    ),
    "5: model.width: expected a width that gives the attention a multiple of 8 channels, got 2, which gives 4",
  ],
  [
    pix2pix(64, "attention: {in: []}"),
    "5: model.attention.in: expected at least one of generator, discriminator, got a list",
  ],
  [
    pix2pix(64, "spectral_norm: [discriminater]"),
    '5: model.spectral_norm[0]: expected one of generator, discriminator, got "discriminater", did you mean discriminator?',
  ],
  [
    pix2pix(64, "spectral_norm: discriminator"),
    '5: model.spectral_norm: expected a list of generator and discriminator, got "discriminator"',
  ],
  [
    pix2pix(64, "discriminator: {padding: 3}"),
    "5: model.discriminator.padding: expected 1, 2 or null, got 3",
  ],
  [
    pix2pix(64, "color: lba", "gan_loss: wgan", "norm: layer"),
    '5: model.color: expected one of lab, rgb, got "lba", did you mean lab?',
    '6: model.gan_loss: expected one of vanilla, lsgan, hinge, got "wgan"',
    '7: model.norm: expected one of batch, instance, none, got "layer"',
  ],
  [
    pix2pix(64, "discriminator: {scale: 2}"),
    "5: model.discriminator.scale: unknown key, did you mean scales? (known: width, n_layers, scales, feature_matching, padding)",
  ],
  // What models need of the sections beside them.
  [
    "dataset: synthetic\nmodel: beta\ntrain:\n  discriminator_optimizer: sgd\n",
    "4: train.discriminator_optimizer: expected for pix2pix only, whose two networks have an optimizer each, got it for beta",
  ],
  [
    "dataset: synthetic\nmodel: beta\ntrain:\n  optimizer: adam\n  discriminator_optimizer: {learning_rate: 4e-4}\n",
    "5: train.discriminator_optimizer: expected for pix2pix only, whose two networks have an optimizer each, got it for beta",
  ],
  [
    "model: classifier\ndataset: synthetic\n",
    "2: dataset.kind: expected coco, celeba, cifar10, cifar100, folder with labels: folders or union with labels: parts, whose images have labels to learn from, got synthetic",
  ],
  [
    "model: classifier\ndataset: {kind: folder, root: x}\n",
    "2: dataset.kind: expected coco, celeba, cifar10, cifar100, folder with labels: folders or union with labels: parts, whose images have labels to learn from, got folder without labels",
  ],
  [
    "model: classifier\ndataset: {kind: union, labels: parts, parts: [{dataset: synthetic}]}\n",
    "2: dataset.parts: expected at least two parts, got a list",
  ],
  [
    "model: classifier\ndataset: {kind: celeba, root: x}\nimage: {size: 8}\ntrain: {batch_size: 1}\n",
    "4: train.batch_size: expected at least 2 at a time: batch norm of one picture with maps of 1x1 leaves nothing",
  ],
  [
    "dataset: synthetic\nmodel:\n  kind: gamma\n  classifier: {kind: mobilenet_v2, weights: x.ONNX}\n  fine_tune: true\n",
    "5: model.fine_tune: expected false for an .onnx file, which is run as it is; weights to train come from .safetensors or .json",
  ],
  ["dataset: synthetic\nmodel: gamma\n", "2: model.classifier: expected a mapping, got nothing"],
  [
    "dataset: synthetic\nmodel: {kind: gamma, classifier: trained}\n",
    "2: model.classifier.run: expected a text that is not empty, got nothing",
  ],
  [
    "dataset: synthetic\nmodel: {kind: gamma, classifier: {kind: mobilenet_v3, weights: x}}\n",
    '2: model.classifier.kind: expected one of trained, mobilenet_v2, inception_resnet_v2, got "mobilenet_v3", did you mean mobilenet_v2?',
  ],
  [
    "dataset: synthetic\nmodel: {kind: gamma, classifier: {kind: trained, run: a, weights: x}}\n",
    "2: model.classifier.weights: unknown key for kind trained (known: kind, run, output)",
  ],
];

for (const [text, ...expected] of refused) {
  test(`refused: ${expected[0]}`, () =>
    assert.deepEqual(
      problemsOf(() => resolve(text)),
      expected.map((line) => `experiments/demo.yaml:${line}`),
    ));
}

test("of an override the command line is named", () => {
  assert.deepEqual(
    problemsOf(() => resolve(pix2pix(64), ["model.depth=8", "image.size=128", "model.attention.at=2"])),
    [
      "command line: model.depth: expected at most 7 halvings for images of 128x128, got 8",
      "command line: model.attention.at: expected for the discriminator at 128x128 one of its maps, 64, 32, 16, got 2",
    ],
  );
});

test("what is not refused can be built: every map has at least 2x2 places to normalize", () => {
  for (let size = 32; size <= 1024; size += 32)
    for (let scale = 1; scale <= 3; scale++)
      for (let layers = 1; layers <= 6; layers++)
        for (const padding of [1, 2]) {
          const maps = patchMaps(scaledSide(size, scale), layers, padding);
          if (maps.some(({ side }) => side < 1)) continue;
          assert.ok(
            maps.slice(0, -1).every(({ side }) => side >= 2),
            `${size} ${scale} ${layers} ${padding}`,
          );
        }
});

test("a U-Net is as deep as the size allows, at most eight halvings", () => {
  assert.deepEqual([32, 64, 96, 128, 256, 512, 768].map(depthFor), [5, 6, 5, 7, 8, 8, 8]);
  const { model } = resolve(pix2pix(512, "depth: 9"));
  assert.equal(model.kind === "pix2pix" && model.depth, 9);
});

const least = "dataset: synthetic\nmodel: pix2pix\n";
const train = (text: string, ...overrides: string[]) => resolve(text, overrides).train;
const adam = { name: "adam", learning_rate: 2e-4, beta1: 0.5, beta2: 0.999, epsilon: 1e-8 };

test("the shortest pix2pix is complete", () => {
  const { model } = resolve(least);
  const expected: ConfigOf<typeof declared> = {
    kind: "pix2pix",
    color: "lab",
    width: 64,
    depth: null,
    norm: "batch",
    dropout: "reference",
    gan_loss: "vanilla",
    l1_weight: 100,
    discriminator: { width: null, n_layers: 3, scales: 1, feature_matching: 0, padding: null },
    attention: null,
    spectral_norm: [],
    evaluation: "running",
  };
  assert.deepEqual(model, expected);
  const attentive = resolve(`${least}image: {size: 128}\n`, ["model.attention={}"]).model;
  assert.deepEqual(attentive.kind === "pix2pix" && attentive.attention, {
    in: ["discriminator"],
    at: 32,
    form: "full",
  });
});

test("pix2pix has the Adam of its paper, unless the user says otherwise", () => {
  assert.deepEqual(train(least).optimizer, adam);
  assert.equal(train(least).discriminator_optimizer, null);
  assert.deepEqual(train(`${least}train: {optimizer: adam}\n`).optimizer, adam);
  assert.deepEqual(train(`${least}train: {optimizer: {learning_rate: 1e-4}}\n`).optimizer, {
    ...adam,
    learning_rate: 1e-4,
  });
  assert.deepEqual(train(least, "train.optimizer.beta1=0.9").optimizer, { ...adam, beta1: 0.9 });
  assert.deepEqual(train("dataset: synthetic\n", "model=pix2pix").optimizer, adam);
  assert.deepEqual(train(least, "model=beta").optimizer, { ...adam, learning_rate: 1e-3, beta1: 0.9 });
});

test("another optimizer drops what only Adam knows", () => {
  assert.deepEqual(train(`${least}train: {optimizer: sgd}\n`).optimizer, {
    name: "sgd",
    learning_rate: 1e-2,
  });
  assert.deepEqual(train(least, "train.optimizer.name=rmsprop", "train.optimizer.decay=0.9").optimizer, {
    name: "rmsprop",
    learning_rate: 1e-3,
    decay: 0.9,
    epsilon: 1e-8,
  });
});

test("what a parent file says counts as the user's", () => {
  const files = memoryFiles({
    "/project/experiments/beta.yaml":
      "dataset: synthetic\nmodel: beta\ntrain: {optimizer: {learning_rate: 1e-3}}\n",
  });
  const { optimizer } = resolve("extends: beta.yaml\nmodel: pix2pix\n", [], files).train;
  assert.deepEqual(optimizer, { ...adam, learning_rate: 1e-3 });
});

test("the discriminator's optimizer says only what differs from the generator's", () => {
  const both = (text: string, ...overrides: string[]) => {
    const { optimizer, discriminator_optimizer: discriminatorOptimizer } = train(
      `${least}train: ${text}\n`,
      ...overrides,
    );
    return [optimizer, discriminatorOptimizer];
  };
  assert.deepEqual(both("{discriminator_optimizer: {learning_rate: 4e-4}}"), [
    adam,
    { ...adam, learning_rate: 4e-4 },
  ]);
  assert.deepEqual(
    both("{optimizer: {learning_rate: 1e-4, beta1: 0}, discriminator_optimizer: {learning_rate: 4e-4}}"),
    [
      { ...adam, learning_rate: 1e-4, beta1: 0 },
      { ...adam, learning_rate: 4e-4, beta1: 0 },
    ],
  );
  const sgd = { name: "sgd", learning_rate: 1e-2 };
  assert.deepEqual(both("{discriminator_optimizer: sgd}"), [adam, sgd]);
  assert.deepEqual(both("{optimizer: sgd, discriminator_optimizer: {learning_rate: 0.1}}"), [
    sgd,
    { ...sgd, learning_rate: 0.1 },
  ]);
  assert.deepEqual(both("{optimizer: sgd, discriminator_optimizer: adam}"), [
    sgd,
    { ...adam, learning_rate: 1e-3, beta1: 0.9 },
  ]);
  assert.deepEqual(both("{}", "train.discriminator_optimizer.beta1=0"), [adam, { ...adam, beta1: 0 }]);
  assert.deepEqual(both("{discriminator_optimizer: sgd}", "train.discriminator_optimizer=null"), [
    adam,
    null,
  ]);
});

test("a relative file of weights starts where it was written", () => {
  const files = memoryFiles({
    "/project/experiments/base/gamma.yaml":
      "dataset: synthetic\nmodel: {kind: gamma, classifier: {kind: mobilenet_v2, weights: w/net.json}}\n",
  });
  const weights = (...overrides: string[]) => {
    const { model } = resolveExperiment("extends: base/gamma.yaml\nseed: 2\n", {
      file: "experiments/a.yaml",
      cwd: "/project",
      overrides,
      files,
    });
    assert.equal(model.kind, "gamma");
    return model.kind === "gamma" && "weights" in model.classifier && model.classifier.weights;
  };
  assert.equal(weights(), "/project/experiments/base/w/net.json");
  assert.equal(weights("model.classifier.weights=w/net.json"), "/project/w/net.json");
  assert.equal(weights("model.classifier.weights=/w/net.json"), "/w/net.json");
  assert.equal(weights("model.classifier.weights=~/net.json"), `${homedir()}/net.json`);
  assert.equal(weights("model.classifier={kind: inception_resnet_v2, weights: ../x.onnx}"), "/x.onnx");
});

test("another kind of classifier keeps what gamma is told", () => {
  const text =
    "dataset: synthetic\nmodel: {kind: gamma, classifier: {kind: trained, run: a, output: features}}\n";
  const { model } = resolve(text, ["model.classifier.kind=mobilenet_v2", "model.classifier.weights=/w.json"]);
  assert.deepEqual(model, {
    kind: "gamma",
    classifier: { kind: "mobilenet_v2", weights: "/w.json", output: "features" },
    fine_tune: false,
  });
});

const everything = `${least}image: {size: 128}
name: everything
train:
  epochs: 200
  batch_size: 4
  accumulate: 2
  optimizer: {name: adamw, weight_decay: 0.02}
  discriminator_optimizer: {name: adam, learning_rate: 4.0e-4, beta1: 0}
  schedule: {kind: linear, decay_epochs: 100}
  augment: {flip: true, crop: 1.117, rotate: 20, zoom: 0.2}
`;
const everyKey = [
  "color=rgb",
  "width=16",
  "depth=6",
  "norm=instance",
  "dropout=paper",
  "gan_loss=hinge",
  "l1_weight=0",
  "discriminator={width: 24, n_layers: 2, scales: 2, feature_matching: 10, padding: 1}",
  "attention={in: [generator, discriminator], at: 32, form: pooled}",
  "spectral_norm=[discriminator]",
  "evaluation=batch_stats",
].map((setting) => `model.${setting}`);

test("a full experiment written as YAML reads back as itself", () => {
  const experiments = [
    resolve(everything, everyKey),
    resolve(least),
    resolve(`${least}train: {optimizer: sgd, discriminator_optimizer: adam}\n`),
    resolve(
      "dataset: synthetic\nmodel: {kind: gamma, classifier: {kind: inception_resnet_v2, weights: w.safetensors}, fine_tune: true}\n",
    ),
    resolve("dataset: {kind: celeba, root: /c}\nmodel: {kind: classifier, width: 8}\n"),
  ];
  for (const experiment of experiments) assert.deepEqual(resolve(experimentToYaml(experiment)), experiment);
  const { model } = experiments[0]!;
  assert.deepEqual(model.kind === "pix2pix" && model.discriminator, {
    width: 24,
    n_layers: 2,
    scales: 2,
    feature_matching: 10,
    padding: 1,
  });
});

test("editors know the shorthands of models and of both optimizers", () => {
  type Node = {
    readonly anyOf?: readonly Node[];
    readonly enum?: readonly string[];
    readonly type?: string;
    readonly properties?: Readonly<Record<string, Node>>;
    readonly const?: string;
  };
  const { properties } = experimentJsonSchema() as Node;
  const [modelNames, ...kinds] = properties!.model!.anyOf!;
  assert.deepEqual(modelNames!.enum, ["alpha", "beta", "pix2pix", "classifier"], "gamma needs a classifier");
  const optimizers = ["sgd", "momentum", "rmsprop", "adagrad", "adadelta", "adam", "adamax", "adamw"];
  const { optimizer, discriminator_optimizer } = properties!.train!.properties!;
  assert.deepEqual(optimizer!.anyOf![0]!.enum, optimizers);
  const [some, none] = discriminator_optimizer!.anyOf!;
  assert.deepEqual([some!.anyOf![0]!.enum, none!.type], [optimizers, "null"]);
  const gamma = kinds.find((kind) => kind.properties!.kind!.const === "gamma")!;
  assert.ok(
    gamma.properties!.classifier!.anyOf!.every((option) => option.enum === undefined),
    "each kind of classifier needs a run or a file",
  );
});
