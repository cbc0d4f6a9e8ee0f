// Shapes, counts and first values of every network, against the numbers of their papers and repositories. Nothing is
// trained here.

import assert from "node:assert/strict";
import { test } from "node:test";
import "@tensorflow/tfjs-backend-cpu";
import { memory, tidy, zeros } from "@tensorflow/tfjs-core";
import type { Experiment } from "../../src/experiment/experiment.ts";
import type { LayerRow } from "../../src/models/layer-row.ts";
import { attention } from "../../src/models/layers/attention.ts";
import { normal } from "../../src/models/layers/initializers.ts";
import type { Part } from "../../src/models/layers/part.ts";
import type { Network } from "../../src/models/model.ts";
import { modelOf } from "../../src/models/models.ts";
import { type DiscriminatorOptions, discriminator } from "../../src/models/pix2pix/patch-discriminator.ts";
import { type UnetOptions, unet } from "../../src/models/pix2pix/unet.ts";
import { type State, sizeOf, type Tensors } from "../../src/training-step.ts";
import { resolve } from "../experiment/fixtures.ts";

const sumOf = (rows: readonly LayerRow[]) => rows.reduce((sum, { parameters }) => sum + parameters, 0);
const sizesOf = (state: State) => Object.values(state).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
/** What passes update and optimizers do not. */
const isStatistic = (name: string) => /\/(mean|variance|spectral\/[uv])$/.test(name);

/** Optimizers without moments, so that the state is weights and statistics. */
function networkOf(model: string, ...overrides: string[]): Network {
  const dataset = /classifier$|kind: classifier/.test(model) ? "{kind: coco, root: x}" : "synthetic";
  return build(resolve(`model: ${model}\ndataset: ${dataset}\ntrain: {optimizer: sgd}\n`, overrides));
}

function build({ model, image, train }: Experiment, embedding = 1000, labels = 80): Network {
  return modelOf(model).build({
    model,
    imageSize: image.size,
    batchSize: train.batchSize,
    optimizer: train.optimizer,
    discriminatorOptimizer: train.discriminatorOptimizer,
    embedding: { size: embedding, trained: null },
    labels,
  });
}

const gammaText = "{kind: gamma, classifier: {kind: mobilenet_v2, weights: x}}";

test("Wallner's networks: parameters of every layer, sides of every map", () => {
  const table = (model: string) =>
    networkOf(model).layers.map(({ name, output, parameters }) => [name, output.join("x"), parameters]);
  assert.deepEqual(table("alpha"), [
    ["conv1", "32x32x8", 80],
    ["conv2", "32x32x8", 584],
    ["conv3", "32x32x16", 1168],
    ["conv4", "16x16x16", 2320],
    ["conv5", "16x16x32", 4640],
    ["conv6", "8x8x32", 9248],
    ["conv7", "16x16x32", 9248],
    ["conv8", "32x32x16", 4624],
    ["conv9", "64x64x2", 290],
  ]);
  assert.deepEqual(table("beta"), [
    ["conv1", "64x64x64", 640],
    ["conv2", "32x32x64", 36_928],
    ["conv3", "32x32x128", 73_856],
    ["conv4", "16x16x128", 147_584],
    ["conv5", "16x16x256", 295_168],
    ["conv6", "8x8x256", 590_080],
    ["conv7", "8x8x512", 1_180_160],
    ["conv8", "8x8x256", 1_179_904],
    ["conv9", "8x8x128", 295_040],
    ["conv10", "16x16x64", 73_792],
    ["conv11", "32x32x32", 18_464],
    ["conv12", "32x32x2", 578],
  ]);
  assert.deepEqual(table(gammaText), [
    ["encoder1", "32x32x64", 640],
    ["encoder2", "32x32x128", 73_856],
    ["encoder3", "16x16x128", 147_584],
    ["encoder4", "16x16x256", 295_168],
    ["encoder5", "8x8x256", 590_080],
    ["encoder6", "8x8x512", 1_180_160],
    ["encoder7", "8x8x512", 2_359_808],
    ["encoder8", "8x8x256", 1_179_904],
    ["fusion", "8x8x256", 321_792],
    ["decoder1", "8x8x128", 295_040],
    ["decoder2", "16x16x64", 73_792],
    ["decoder3", "32x32x32", 18_464],
    ["decoder4", "32x32x16", 4624],
    ["decoder5", "32x32x2", 290],
  ]);
  assert.equal(networkOf("alpha").parameters, 32_202);
  assert.equal(networkOf("beta", "image.size=256").parameters, 3_892_194);
  const gamma = networkOf(gammaText);
  const of = (part: string) => sumOf(gamma.layers.filter(({ name }) => name.startsWith(part)));
  assert.deepEqual(["encoder", "fusion", "decoder"].map(of), [5_827_200, 321_792, 392_210]);
  assert.equal(gamma.parameters, 6_541_202);
  const experiment = resolve(`model: ${gammaText}\ndataset: synthetic\n`);
  assert.equal(build(experiment, 1280).parameters, 6_612_882);
});

test("our classifier: six convolutions with batch norm, then a layer for the labels", () => {
  const { layers, parameters } = networkOf("classifier");
  assert.deepEqual(
    layers.map(({ name, output, parameters }) => [name, output.join("x"), parameters]),
    [
      ["conv1", "32x32x32", 288],
      ["conv1/norm", "32x32x32", 64],
      ["conv2", "32x32x64", 18_432],
      ["conv2/norm", "32x32x64", 128],
      ["conv3", "16x16x64", 36_864],
      ["conv3/norm", "16x16x64", 128],
      ["conv4", "16x16x128", 73_728],
      ["conv4/norm", "16x16x128", 256],
      ["conv5", "8x8x128", 147_456],
      ["conv5/norm", "8x8x128", 256],
      ["conv6", "8x8x256", 294_912],
      ["conv6/norm", "8x8x256", 512],
      ["labels", "1x1x80", 20_560],
    ],
  );
  assert.equal(parameters, 593_584);
});

const plainUnet: UnetOptions = {
  imageSize: 256,
  depth: 8,
  width: 64,
  inputs: 3,
  outputs: 3,
  norm: "batch",
  dropout: "reference",
  attention: null,
  spectral: false,
};

const plainDiscriminator: DiscriminatorOptions = {
  imageSize: 256,
  inputs: 6,
  width: 64,
  layers: 3,
  scales: 1,
  padding: 1,
  norm: "batch",
  attention: null,
  spectral: false,
};

test("pix2pix's U-Nets have as many parameters as in PyTorch", () => {
  const count = (imageSize: number, inputs: number, outputs: number) =>
    sumOf(unet({ ...plainUnet, imageSize, depth: Math.log2(imageSize), inputs, outputs }).rows);
  assert.deepEqual(
    [count(256, 3, 3), count(256, 1, 2), count(256, 1, 3)],
    [54_413_955, 54_409_858, 54_411_907],
  );
  assert.deepEqual(
    [count(128, 3, 3), count(128, 1, 2), count(128, 1, 3)],
    [41_828_995, 41_824_898, 41_826_947],
  );
  // Between the networks of the paper: as deep as the size allows.
  assert.equal(networkOf("pix2pix", "image.size=512").parameters, 54_409_858 + 2_765_633);
  assert.equal(networkOf("pix2pix", "image.size=256", "model.colour=rgb").parameters, 54_411_907 + 2_766_657);
  assert.equal(networkOf("pix2pix", "image.size=128").parameters, 41_824_898 + 2_765_633);
});

test("a U-Net halves down to one place and doubles back", () => {
  const maps = unet(plainUnet).rows.filter(({ type }) => type.includes("convolution"));
  assert.deepEqual(
    maps.map(({ name, output }) => `${name} ${output.join("x")}`.replace("generator/", "")),
    [
      "down1 128x128x64",
      "down2 64x64x128",
      "down3 32x32x256",
      "down4 16x16x512",
      "down5 8x8x512",
      "down6 4x4x512",
      "down7 2x2x512",
      "down8 1x1x512",
      "up8 2x2x512",
      "up7 4x4x512",
      "up6 8x8x512",
      "up5 16x16x512",
      "up4 32x32x256",
      "up3 64x64x128",
      "up2 128x128x64",
      "up1 256x256x3",
    ],
  );
});

test("dropout is where it says: three blocks of unet_256, two of unet_128, or the first three", () => {
  const dropped = (options: Partial<UnetOptions>) =>
    Object.keys(unet({ ...plainUnet, ...options }).noise).map((name) => /up\d/.exec(name)![0]);
  assert.deepEqual(dropped({}), ["up7", "up6", "up5"]);
  assert.deepEqual(dropped({ imageSize: 128, depth: 7 }), ["up6", "up5"]);
  assert.deepEqual(dropped({ dropout: "paper" }), ["up8", "up7", "up6"]);
  assert.deepEqual(dropped({ dropout: "none" }), []);
});

test("discriminators have as many parameters as in PyTorch", () => {
  const count = (options: Partial<DiscriminatorOptions>) =>
    sumOf(discriminator({ ...plainDiscriminator, ...options }).rows);
  assert.deepEqual(
    [6, 3, 4].map((inputs) => count({ inputs })),
    [2_768_705, 2_765_633, 2_766_657],
  );
  // pix2pixHD: instance norm, every convolution with a bias.
  const hd = { inputs: 3, norm: "instance", padding: 2 } as const;
  assert.deepEqual(
    [1, 2, 3].map((scales) => count({ ...hd, scales })),
    [2_764_737, 2 * 2_764_737, 3 * 2_764_737],
  );
});

test("patches of discriminators", () => {
  const sides = (options: Partial<DiscriminatorOptions>) =>
    discriminator({ ...plainDiscriminator, ...options })
      .rows.filter(({ type, output }) => type.startsWith("convolution") && output[2] === 1)
      .map(({ output: [height, width] }) => {
        assert.equal(height, width);
        return height;
      });
  assert.deepEqual(sides({}), [30]);
  assert.deepEqual(sides({ imageSize: 128 }), [14]);
  assert.deepEqual(sides({ layers: 1 }), [126], "16x16 patches");
  assert.deepEqual(sides({ scales: 3, padding: 2 }), [35, 19, 11]);
  assert.deepEqual(sides({ scales: 2, padding: 1 }), [30, 14]);
});

test("self-attention: parameters of both forms, and what a place costs", () => {
  const rows = (form: "full" | "pooled", channels: number) =>
    attention("attention", {
      input: [32, 32, channels],
      form,
      initializer: normal(0, 0.02),
      spectral: false,
    }).rows;
  assert.deepEqual([sumOf(rows("full", 128)), sumOf(rows("full", 256))], [20_641, 82_241]);
  assert.deepEqual([sumOf(rows("pooled", 128)), sumOf(rows("pooled", 256))], [20_481, 81_921]);
  assert.equal(rows("full", 128).at(-1)!.multiplyAdds, 1024 * 1024 * (16 + 128));
  assert.equal(rows("pooled", 128).at(-1)!.multiplyAdds, 1024 * 256 * (16 + 64));
});

test("multiply-adds are those of the sums that a layer computes", () => {
  const costs = (rows: readonly LayerRow[]) =>
    Object.fromEntries(
      rows.map(({ name, multiplyAdds }) => [name.split("/").slice(1).join("/"), multiplyAdds]),
    );
  const generator = costs(unet(plainUnet).rows);
  assert.equal(generator.down1, 128 * 128 * 64 * (16 * 3));
  assert.equal(generator.up8, 2 * 2 * 512 * (4 * 512), "of 16 taps, 4 meet each place of the doubled map");
  assert.equal(generator.up1, 256 * 256 * 3 * (4 * 128));
  assert.equal(generator["down2/norm"], 0);
  const judge = costs(discriminator(plainDiscriminator).rows);
  assert.equal(judge["scale1/conv5"], 30 * 30 * (16 * 512));
});

const everyModel: readonly [model: string, ...overrides: string[]][] = [
  ["alpha"],
  ["beta", "image.size=8"],
  [gammaText, "image.size=16"],
  ["classifier"],
  ["{kind: classifier, width: 3}", "image.size=24"],
  ["pix2pix"],
  ["{kind: pix2pix, width: 16, colour: rgb, norm: instance}"],
  ["{kind: pix2pix, width: 8, norm: none, depth: 5, dropout: paper}", "image.size=64"],
  ["{kind: pix2pix, width: 12, discriminator: {width: 5, n_layers: 2, scales: 3, feature_matching: 10}}"],
  ["{kind: pix2pix, width: 16, spectral_norm: [generator, discriminator]}"],
  [
    "{kind: pix2pix, width: 16, attention: {in: [generator, discriminator], at: 16}, spectral_norm: [generator]}",
  ],
  ["{kind: pix2pix, width: 16, attention: {in: [generator, discriminator], at: 16, form: pooled}}"],
  ["{kind: pix2pix, width: 16, discriminator: {scales: 2}, attention: {at: 16}}"],
];

for (const [model, ...overrides] of everyModel) {
  const title = [model, ...overrides].join(" ");

  test(`the table counts what is trained: ${title}`, () => {
    const network = networkOf(model, ...overrides);
    const state = network.init(1);
    const weights = Object.fromEntries(Object.entries(state).filter(([name]) => !isStatistic(name)));
    assert.equal(sumOf(network.layers), network.parameters);
    assert.equal(sizesOf(weights), network.parameters);
    const names = network.layers.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length, "a name is one layer's");
    for (const { name, output, parameters } of network.layers) {
      const own = Object.entries(weights).filter(([key]) => key.slice(0, key.lastIndexOf("/")) === name);
      assert.equal(sizesOf(Object.fromEntries(own)), parameters, name);
      for (const length of output) assert.ok(Number.isInteger(length) && length > 0, name);
    }
    for (const name of network.evaluated) assert.ok(name in state, name);
  });

  // 32 million numbers three times would show no more than the narrow ones below.
  if (model === "pix2pix") continue;
  test(`a seed gives the same first values, another one others: ${title}`, () => {
    const network = networkOf(model, ...overrides);
    const [first, again, other] = [network.init(7), network.init(7), network.init(8)];
    assert.deepEqual(Object.keys(first), Object.keys(again));
    assert.deepEqual(Object.keys(first), Object.keys(other));
    const seen = new Map<number, string>();
    for (const [name, { shape, data }] of Object.entries(first)) {
      assert.equal(data.length, sizeOf(shape), name);
      assert.ok(Buffer.from(data.buffer).equals(Buffer.from(again[name]!.data.buffer)), name);
      const isDrawn = /\/(kernel|scale|spectral\/[uv])$/.test(name);
      if (!isDrawn) continue;
      assert.notEqual(data[0], other[name]!.data[0], name);
      assert.equal(seen.get(data[0]!), undefined, `${name} begins as another tensor does`);
      seen.set(data[0]!, name);
    }
  });
}

type Moments = { readonly count: number; readonly mean: number; readonly deviation: number };

function momentsOf(tensors: readonly Float32Array[]): Moments {
  let [count, sum, squares] = [0, 0, 0];
  for (const data of tensors)
    for (const value of data) {
      count++;
      sum += value;
      squares += value * value;
    }
  const mean = sum / count;
  return { count, mean, deviation: Math.sqrt(squares / count - mean ** 2) };
}

/** Within five standard errors; what is drawn from the normal distribution, if that is what was asked for. */
function assertNormal(tensors: readonly Float32Array[], mean: number, deviation: number, what: string): void {
  const found = momentsOf(tensors);
  const error = deviation / Math.sqrt(found.count);
  assert.ok(Math.abs(found.mean - mean) < 5 * error, `${what}: mean ${found.mean}`);
  assert.ok(Math.abs(found.deviation - deviation) < 5 * error, `${what}: deviation ${found.deviation}`);
  for (const [width, share] of [
    [1, 0.6827],
    [2, 0.9545],
    [3, 0.9973],
  ] as const) {
    const within = tensors.reduce(
      (sum, data) => sum + data.filter((value) => Math.abs(value - mean) < width * deviation).length,
      0,
    );
    const margin = 5 * Math.sqrt((share * (1 - share)) / found.count) + 1e-4;
    assert.ok(
      Math.abs(within / found.count - share) < margin,
      `${what}: ${within / found.count} in ${width}`,
    );
  }
}

function drawn(state: State, pattern: RegExp): Float32Array[] {
  const found = Object.entries(state).filter(([name]) => pattern.test(name));
  assert.ok(found.length > 0, `${pattern}`);
  return found.map(([, { data }]) => data);
}

function assertFilled(state: State, pattern: RegExp, value: number): void {
  for (const data of drawn(state, pattern))
    assert.ok(
      data.every((each) => each === value),
      `${pattern}`,
    );
}

test("pix2pix begins as the reference does: kernels N(0, 0.02), scales N(1, 0.02), all else 0", () => {
  const state = networkOf(
    "{kind: pix2pix, width: 32, attention: {in: [generator, discriminator], at: 16}, spectral_norm: [generator, discriminator]}",
  ).init(3);
  for (const part of ["generator/down", "generator/up", "generator/attention", "discriminator/scale1"])
    assertNormal(drawn(state, new RegExp(`^${part}.*/kernel$`)), 0, 0.02, part);
  for (const [name, { data }] of Object.entries(state))
    if (name.endsWith("/kernel")) assertNormal([data], 0, 0.02, name);
  assertNormal(drawn(state, /\/norm\/scale$/), 1, 0.02, "scales");
  assertFilled(state, /\/(bias|offset)$/, 0);
  assertFilled(state, /\/attention\/gamma$/, 0);
  assertFilled(state, /\/norm\/mean$/, 0);
  assertFilled(state, /\/norm\/variance$/, 1);
  for (const data of drawn(state, /\/spectral\/[uv]$/))
    assert.ok(Math.abs(Math.hypot(...data) - 1) < 1e-6, "of length 1");
});

test("Wallner's networks begin as in Keras: Glorot's uniform distribution, biases 0", () => {
  for (const model of ["alpha", "beta", gammaText]) {
    const state = networkOf(model).init(3);
    for (const [name, { shape, data }] of Object.entries(state)) {
      if (!name.endsWith("/kernel")) continue;
      const [height, width, inputs, outputs] = shape as [number, number, number, number];
      const limit = Math.sqrt(6 / (height * width * (inputs + outputs)));
      const { count, mean, deviation } = momentsOf([data]);
      const error = limit / Math.sqrt(3 * count);
      assert.ok(Math.abs(mean) < 5 * error, `${model} ${name}: mean ${mean}`);
      assert.ok(Math.abs(deviation - limit / Math.sqrt(3)) < 5 * error, `${model} ${name}: ${deviation}`);
      const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      assert.ok(largest <= Math.fround(limit) && largest > limit * (1 - 12 / count), `${model} ${name}`);
    }
    assertFilled(state, /\/bias$/, 0);
  }
});

test("our classifier begins with He's distribution, and Glorot's for the labels", () => {
  const state = networkOf("classifier").init(3);
  for (const [name, { shape, data }] of Object.entries(state))
    if (/^conv\d\/kernel$/.test(name)) assertNormal([data], 0, Math.sqrt(2 / (9 * shape[2]!)), name);
  const limit = Math.sqrt(6 / (256 + 80));
  const { deviation } = momentsOf([state["labels/kernel"]!.data]);
  assert.ok(Math.abs(deviation / (limit / Math.sqrt(3)) - 1) < 0.02);
  assertNormal(drawn(state, /\/norm\/scale$/), 1, 0.02, "scales");
  assertFilled(state, /\/(bias|offset|mean)$/, 0);
  assertFilled(state, /\/variance$/, 1);
});

/** Tensors that note which of them are asked for by name. */
function watched(tensors: Tensors, read: Set<string>): Tensors {
  return new Proxy(tensors, {
    get(target, name: string) {
      read.add(name);
      return target[name];
    },
  });
}

const tensorsOf = (state: State) =>
  Object.fromEntries(Object.entries(state).map(([name, { shape }]) => [name, zeros([...shape])]));

const smallModels: readonly string[] = [
  "alpha",
  "{kind: classifier, width: 2}",
  "{kind: pix2pix, width: 8}",
  "{kind: pix2pix, width: 8, norm: instance, spectral_norm: [generator]}",
  "{kind: pix2pix, width: 8, attention: {in: [generator], at: 4, form: pooled}, spectral_norm: [generator]}",
];

for (const model of smallModels) {
  test(`what is called evaluated is read, and nothing else is: ${model}`, () => {
    const network = networkOf(model, "image.size=32");
    const before = memory().numTensors;
    tidy(() => {
      const read = new Set<string>();
      network.predict(watched(tensorsOf(network.init(1)), read), { luma: zeros([1, 32, 32, 1]) });
      assert.deepEqual([...read].sort(), [...network.evaluated].sort());
    });
    assert.equal(memory().numTensors, before);
  });
}

test("every weight of a discriminator is read in training, and every layer that is read has one", () => {
  const cases: Partial<DiscriminatorOptions>[] = [
    {},
    { norm: "instance", scales: 2, padding: 2 },
    { norm: "none", spectral: true },
    { spectral: true, attention: { at: 8, form: "full" } },
    { attention: { at: 8, form: "pooled" } },
  ];
  for (const options of cases) assertAllRead({ ...plainDiscriminator, imageSize: 32, width: 8, ...options });
});

function assertAllRead(options: DiscriminatorOptions): void {
  const judge: Part<unknown> = discriminator(options);
  const { weights, statistics } = judge.init(1);
  tidy(() => {
    const read = new Set<string>();
    const tensors = watched(tensorsOf({ ...weights, ...statistics }), read);
    const { imageSize, inputs } = options;
    judge.apply(
      { mode: "train", weights: tensors, noise: {}, updates: new Map() },
      zeros([2, imageSize, imageSize, inputs]),
    );
    assert.deepEqual([...read].sort(), [...Object.keys(weights), ...Object.keys(statistics)].sort());
  });
}
