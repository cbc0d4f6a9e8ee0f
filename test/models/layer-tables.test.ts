// Shapes and counts of every network, against the numbers of their papers and repositories. Nothing is computed here.

import assert from "node:assert/strict";
import { test } from "node:test";
import { UserError } from "../../src/errors.ts";
import type { LayerRow } from "../../src/models/layer-row.ts";
import { attention } from "../../src/models/layers/attention.ts";
import { convolution, transposedConvolution } from "../../src/models/layers/convolution.ts";
import { normal } from "../../src/models/layers/initializers.ts";
import type { Network } from "../../src/models/network.ts";
import { type DiscriminatorOptions, discriminator } from "../../src/models/pix2pix/patch-discriminator.ts";
import { type UnetOptions, unet } from "../../src/models/pix2pix/unet.ts";
import { type State, sizeOf } from "../../src/training-step.ts";
import { resolve } from "../experiment/fixtures.ts";
import { buildNetwork, everyModel, gammaText, isStatistic, networkOf } from "./networks-for-tests.ts";

const sumOf = (rows: readonly LayerRow[]) => rows.reduce((sum, { parameters }) => sum + parameters, 0);
const sizesOf = (state: State) => Object.values(state).reduce((sum, { shape }) => sum + sizeOf(shape), 0);

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
  assert.equal(buildNetwork(experiment, 1280).parameters, 6_612_882);
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
  assert.equal(networkOf("pix2pix", "image.size=256", "model.color=rgb").parameters, 54_411_907 + 2_766_657);
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
}

test("what experiments accept of pix2pix can be built", () => {
  let built = 0;
  for (const size of [32, 64, 96])
    for (const discriminator of choices({ scales: [1, 2, 3], n_layers: [1, 3, 4, 6], padding: [null, 1, 2] }))
      for (const attention of [null, ...choices({ at: [4, 8, 16, 32], form: ["full", "pooled"] })]) {
        const given = { kind: "pix2pix", width: 8, discriminator, attention };
        const network = acceptedNetwork(`image: {size: ${size}}\nmodel: ${JSON.stringify(given)}\n`);
        if (network === null) continue;
        built++;
        for (const { name, output, multiplyAdds } of network.layers) {
          const what = `${size} ${JSON.stringify(given)} ${name}`;
          for (const length of output) assert.ok(Number.isInteger(length) && length > 0, what);
          assert.ok(Number.isInteger(multiplyAdds), what);
        }
      }
  assert.ok(built > 100, `${built}`);
});

function choices(lists: Readonly<Record<string, readonly unknown[]>>): Record<string, unknown>[] {
  return Object.entries(lists).reduce<Record<string, unknown>[]>(
    (all, [key, values]) => all.flatMap((one) => values.map((value) => ({ ...one, [key]: value }))),
    [{}],
  );
}

/** null where the experiment is refused. */
function acceptedNetwork(text: string): Network | null {
  try {
    return buildNetwork(resolve(`dataset: synthetic\n${text}`));
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}

test("spectral norm begins with vectors that know the largest singular value", () => {
  const shape = { input: [8, 8, 6], size: 4, spectral: true, initializer: normal(0, 0.02) } as const;
  for (const part of [
    convolution("spectral", { ...shape, outputs: 5, stride: 2 }),
    transposedConvolution("spectral", { ...shape, outputs: 6 }),
  ]) {
    const { weights, statistics } = part.init(3);
    const [u, v] = [statistics["spectral/spectral/u"]!.data, statistics["spectral/spectral/v"]!.data];
    const { shape: kernelShape, data } = weights["spectral/kernel"]!;
    const outputsLast = kernelShape[3] === 5;
    // u^T W v is at most the largest singular value, which is at most the norm of W and at least its mean share.
    let sigma = 0;
    for (const [at, weight] of data.entries()) {
      const [j, i] = [at % kernelShape[3]!, Math.floor(at / kernelShape[3]!) % kernelShape[2]!];
      const tap = Math.floor(at / kernelShape[3]! / kernelShape[2]!);
      const [row, input] = outputsLast ? [j, i] : [i, j];
      sigma += weight * u[row]! * v[input * 16 + tap]!;
    }
    const length = Math.hypot(...data);
    assert.ok(sigma > length / Math.sqrt(u.length) && sigma <= length, `${sigma} of ${length}`);
  }
});
