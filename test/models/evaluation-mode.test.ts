// In evaluation mode a picture's prediction is its own: no other picture of the batch, no batch size, no dropout.

import assert from "node:assert/strict";
import { test } from "node:test";
import { specsOf } from "../../src/engine/engine.ts";
import { classifier } from "../../src/models/classifier/classifier.ts";
import type { Network } from "../../src/models/network.ts";
import type { Pix2PixSettings } from "../../src/models/pix2pix/options.ts";
import { pix2pix } from "../../src/models/pix2pix/pix2pix.ts";
import type { State } from "../../src/training-step.ts";
import { assertAllClose } from "../allclose.ts";
import { tested } from "../engine/engines-for-tests.ts";
import { goldenImages, hash } from "../golden/formulas.ts";
import { optimizerOf, trainSettings } from "./networks-for-tests.ts";

const imageSize = 32;
const labels = 5;
const optimizer = optimizerOf({ name: "adam" });
const [buildGan, buildClassifier] = [await pix2pix.load(), await classifier.load()];

type Build = (batchSize: number) => Network;

function gan(changes: Partial<Pix2PixSettings>): Build {
  const model = {
    kind: "pix2pix",
    color: "lab",
    width: 8,
    depth: null,
    norm: "batch",
    dropout: "paper", // the reference's begins at 64 pixels
    gan_loss: "vanilla",
    l1_weight: 100,
    discriminator: { width: null, n_layers: 1, scales: 1, feature_matching: 0, padding: null },
    attention: null,
    spectral_norm: [],
    evaluation: "running",
    ...changes,
  } as const;
  return (batchSize) => buildGan({ model, imageSize, train: trainSettings(batchSize, optimizer) });
}

const labelling: Build = (batchSize) =>
  buildClassifier({
    model: { kind: "classifier", width: 8 },
    imageSize,
    train: trainSettings(batchSize, optimizer),
    labels,
  });

const builds: Readonly<Record<string, Build>> = {
  "pix2pix, running statistics": gan({ evaluation: "running" }),
  "pix2pix, statistics of the image": gan({ evaluation: "batch_stats" }),
  "pix2pix to rgb, running statistics": gan({ evaluation: "running", color: "rgb" }),
  "pix2pix to rgb, statistics of the image": gan({ evaluation: "batch_stats", color: "rgb" }),
  "pix2pix, instance norm, attention": gan({
    norm: "instance",
    attention: { in: ["generator"], at: 16, form: "full" },
  }),
  classifier: labelling,
};

/** ONNX Runtime's tanh goes beyond 1 by the last bit of a float32. */
const lastBit = 2 ** -23;

const imageBytes = imageSize * imageSize * 3;
const everyImage = goldenImages([6, imageSize, imageSize]);
const image = (index: number) => everyImage.subarray(index * imageBytes, (index + 1) * imageBytes);

/** As if trained: kernels not close to 0, statistics not 0 and 1. `gain` makes outputs larger. */
function weightsOf(network: Network, gain = 1): State {
  let start = 0;
  return Object.fromEntries(
    Object.entries(network.init(1)).map(([name, { shape, data }]) => {
      start += data.length;
      const [kind, from] = [name.split("/").at(-1), start];
      const moved = (shift: number, scale: number) =>
        Float32Array.from(data, (_, i) => shift + scale * 2 * (hash(from + i) - 0.5));
      if (kind === "kernel") return [name, { shape, data: moved(0, 0.15 * gain) }];
      if (kind === "mean" || kind === "bias" || kind === "offset")
        return [name, { shape, data: moved(0, 0.2) }];
      if (kind === "variance") return [name, { shape, data: moved(1, 0.5) }];
      return [name, { shape, data: kind === "gamma" ? moved(0.5, 0) : data }];
    }),
  );
}

type Prediction = { readonly values: Float32Array; readonly loss: number };

/** What is predicted for each of these images when they are one batch. */
async function predicted(build: Build, state: State, images: readonly number[]): Promise<Prediction[]> {
  const network = build(images.length);
  const read = Object.fromEntries(network.evaluated.map((name) => [name, state[name]!]));
  const compiled = await tested.compile(
    (inputs) => ({ ...network.evaluate(inputs, inputs) }),
    specsOf(read),
    network.specs.batch,
  );
  const rgb = new Uint8Array(images.length * imageBytes);
  for (const [place, index] of images.entries()) rgb.set(image(index), place * imageBytes);
  const truths = Float32Array.from({ length: images.length * labels }, (_, i) => {
    return hash(1000 + images[Math.floor(i / labels)]! * labels + (i % labels)) < 0.5 ? 0 : 1;
  });
  const imported = tested.importState(read);
  const inputs = "labels" in network.specs.batch ? { rgb, labels: truths } : { rgb };
  const { prediction, loss } = await compiled.run(imported, inputs);
  tested.release(imported);
  await compiled.close();
  const length = prediction!.length / images.length;
  return images.map((_, place) => ({
    values: prediction!.slice(place * length, (place + 1) * length),
    loss: loss![place]!,
  }));
}

function assertSame(actual: Prediction, expected: Prediction, what: string) {
  assertAllClose(actual.values, expected.values, { relative: 3e-6, scale: 1 }, what);
  assertAllClose([actual.loss], [expected.loss], { relative: 3e-6, scale: 1 }, `loss of ${what}`);
}

for (const [name, build] of Object.entries(builds)) {
  test(`${name}: an image's prediction does not depend on its batch`, async () => {
    const state = weightsOf(build(1));
    const alone: Prediction[] = [];
    for (let index = 0; index < 6; index++) alone.push(...(await predicted(build, state, [index])));
    for (const [index, { values }] of alone.entries()) {
      const other = alone[(index + 1) % alone.length]!.values;
      const apart = values.reduce((most, value, i) => Math.max(most, Math.abs(value - other[i]!)), 0);
      assert.ok(apart > 1e-3, `images ${index} and ${index + 1} are told apart, by ${apart}`);
    }
    for (const batch of [
      [0, 1],
      [1, 0],
      [2, 0, 3],
      [0, 0, 0],
      [5, 4, 3, 2, 1, 0],
    ]) {
      const together = await predicted(build, state, batch);
      for (const [place, index] of batch.entries()) {
        assertSame(together[place]!, alone[index]!, `image ${index} at place ${place} of ${batch}`);
      }
    }
  });

  test(`${name}: predictions are the same twice, and lie where they should`, async () => {
    for (const gain of [1, 30]) {
      const state = weightsOf(build(1), gain);
      const [first, second] = [
        await predicted(build, state, [0, 1, 2]),
        await predicted(build, state, [0, 1, 2]),
      ];
      assert.deepEqual(first, second);
      const least = /pix2pix(?! to rgb)/.test(name) ? -1 : 0;
      for (const { values, loss } of first) {
        const outside = values.filter((value) => !(value >= least - lastBit && value <= 1 + lastBit));
        assert.deepEqual([...outside], [], `numbers outside [${least}, 1] at gain ${gain}`);
        assert.ok(loss >= 0 && Number.isFinite(loss), `loss ${loss} at gain ${gain}`);
      }
    }
  });
}

test("the larger weights of these tests drive predictions to their limits", async () => {
  for (const build of [builds["pix2pix to rgb, running statistics"]!, labelling]) {
    const state = weightsOf(build(1), 30);
    const values = (await predicted(build, state, [0, 1, 2])).flatMap((one) => [...one.values]);
    assert.ok(Math.min(...values) < 1e-6 && Math.max(...values) > 1 - 1e-6);
  }
});

for (const evaluation of ["running", "batch_stats"] as const) {
  test(`pix2pix, ${evaluation}: a network that was trained with dropout predicts as one that was not`, async () => {
    const state = weightsOf(gan({ evaluation })(1));
    const [none, dropping] = [gan({ evaluation, dropout: "none" }), gan({ evaluation, dropout: "paper" })];
    assert.deepEqual(
      [none, dropping].map((build) => Object.keys(build(2).specs.noise).length > 0),
      [false, true],
    );
    assert.deepEqual(await predicted(dropping, state, [0, 1]), await predicted(none, state, [0, 1]));
  });
}

test("pix2pix: running statistics and those of the image are two things", async () => {
  const state = weightsOf(gan({})(1));
  const [running] = await predicted(gan({ evaluation: "running" }), state, [0]);
  const [own] = await predicted(gan({ evaluation: "batch_stats" }), state, [0]);
  const apart = running!.values.reduce(
    (most, value, i) => Math.max(most, Math.abs(value - own!.values[i]!)),
    0,
  );
  assert.ok(apart > 1e-2, `they differ by ${apart}`);
});

test("pix2pix: evaluation reads the generator alone", () => {
  const { evaluated } = gan({})(1);
  assert.deepEqual(
    evaluated.filter((name) => !name.startsWith("generator/") || name.includes("/adam/")),
    [],
  );
});
