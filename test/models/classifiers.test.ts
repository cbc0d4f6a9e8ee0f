// The classifiers agree with Keras, forward and backward, and with themselves on both engines.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as tf from "@tensorflow/tfjs-core";
import type { Engine } from "../../src/engine/engine.ts";
import { inceptionResnetV2 } from "../../src/models/pretrained/inception-resnet-v2.ts";
import { mobilenetV2 } from "../../src/models/pretrained/mobilenet-v2.ts";
import type { PretrainedNetwork } from "../../src/models/pretrained/pretrained-network.ts";
import { sizeOf, type Tensors } from "../../src/training-step.ts";
import { assertAllClose, rootMeanSquare } from "../allclose.ts";
import { reference, tested } from "../engine/engines-for-tests.ts";
import { goldenClassifierWeights } from "../golden/classifier-weights.ts";
import { everyNth, goldenImages } from "../golden/formulas.ts";
import { tensorCount } from "../tensor-count.ts";

type Sampled = { readonly every: number; readonly values: readonly number[] };
type GoldenNetwork = {
  readonly pictureShape: readonly [number, number, number, number];
  readonly parameters: number;
  readonly trainable: number;
  readonly features: Sampled;
  readonly classes: Sampled;
  readonly loss: number;
  readonly gradients: readonly (Sampled & { readonly name: string; readonly norm: number })[];
};

// How the numbers were made stands in make_classifiers.py beside the file.
const golden = JSON.parse(readFileSync(new URL("../golden/classifiers.json", import.meta.url), "utf8")) as {
  readonly keras: string;
  readonly networks: Readonly<Record<string, GoldenNetwork>>;
};

const networks = { mobilenet_v2: mobilenetV2, inception_resnet_v2: inceptionResnetV2 };

const picturesOf = (shape: readonly number[]) =>
  Float32Array.from(goldenImages(shape), (byte) => byte / 127.5 - 1);

/** Features, probabilities, the loss of make_classifiers.py and its gradients with regard to the named weights. */
async function run(
  engine: Engine,
  network: PretrainedNetwork,
  shape: readonly number[],
  names: readonly string[],
) {
  const state = engine.importState(goldenClassifierWeights(network));
  const call = (inputs: Tensors) => {
    const pictures = inputs.pictures as tf.Tensor4D;
    const lossOf = (...tensors: tf.Tensor[]) => {
      const changed = Object.fromEntries(names.map((name, index) => [name, tensors[index]!]));
      const { classes } = network.apply({ ...inputs, ...changed }, pictures);
      return tf.neg(tf.sum(tf.log(tf.slice(classes, [0, 7], [-1, 1])))) as tf.Scalar;
    };
    const { value, grads } = tf.valueAndGrads(lossOf)(names.map((name) => inputs[name]!));
    const gradients = names.map((name, index) => [`d ${name}`, grads[index]!] as const);
    return { ...network.apply(inputs, pictures), loss: value, ...Object.fromEntries(gradients) };
  };
  const compiled = await engine.compile(call, network.weights, { pictures: { shape, dtype: "float32" } });
  const outputs = await compiled.run(state, { pictures: picturesOf(shape) });
  engine.release(state);
  await compiled.close();
  return outputs;
}

const norm = (numbers: ArrayLike<number>) => rootMeanSquare(numbers) * Math.sqrt(numbers.length);

for (const [name, network] of Object.entries(networks)) {
  const expected = golden.networks[name]!;

  test(`${name} has Keras's parameters`, () => {
    const count = (names: readonly string[]) =>
      names.reduce((sum, weight) => sum + sizeOf(network.weights[weight]!.shape), 0);
    assert.equal(expected.parameters, name === "mobilenet_v2" ? 3_538_984 : 55_873_736);
    assert.equal(count(Object.keys(network.weights)), expected.parameters);
    assert.equal(count(network.trainable), expected.trainable);
    const rows = network.layers.reduce((sum, { parameters }) => sum + parameters, 0);
    assert.equal(rows, expected.trainable);
  });

  test(`${name}: features, probabilities and gradients agree with Keras ${golden.keras}`, async () => {
    const names = expected.gradients.map((gradient) => gradient.name);
    const outputs = await run(tested, network, expected.pictureShape, names);
    for (const key of ["features", "classes"] as const) {
      const { every, values } = expected[key];
      assert.equal(outputs[key]!.length, expected.pictureShape[0] * network.sizes[key]);
      assertAllClose(everyNth(outputs[key]!, every), values, { relative: 1e-4 }, key);
    }
    assertAllClose(outputs.loss!, [expected.loss], { relative: 1e-5 }, "loss");
    for (const gradient of expected.gradients) {
      const got = outputs[`d ${gradient.name}`]!;
      assertAllClose([norm(got)], [gradient.norm], { relative: 1e-4 }, `norm of ${gradient.name}`);
      const scale = gradient.norm / Math.sqrt(got.length);
      const sampled = everyNth(got, gradient.every);
      assertAllClose(sampled, gradient.values, { relative: 1e-3, scale }, `gradient of ${gradient.name}`);
    }
  });
}

test("mobilenet_v2: both engines agree, forward and backward, and no tensor is left behind", async () => {
  const names = [
    "Conv1/kernel",
    "block_1_depthwise/kernel",
    "block_2_depthwise_BN/gamma",
    "predictions/bias",
  ];
  const shape = [1, 32, 32, 3];
  reference.importState({}); // memory is that of the current backend
  const before = tensorCount();
  const expected = await run(reference, mobilenetV2, shape, names);
  assert.equal(tensorCount(), before);
  const outputs = await run(tested, mobilenetV2, shape, names);
  for (const [key, values] of Object.entries(expected)) {
    assertAllClose(outputs[key]!, values, { relative: 1e-4 }, key);
  }
});

test("features need no weights of the classes", async () => {
  const { "predictions/kernel": _kernel, "predictions/bias": _bias, ...specs } = mobilenetV2.weights;
  const state = tested.importState(goldenClassifierWeights(mobilenetV2));
  const shape = [1, 32, 32, 3];
  const compiled = await tested.compile(
    (inputs) => ({ features: mobilenetV2.features(inputs, inputs.pictures as tf.Tensor4D) }),
    specs,
    { pictures: { shape, dtype: "float32" } },
  );
  const { features } = await compiled.run(state, { pictures: picturesOf(shape) });
  assert.equal(features!.length, 1280);
  await compiled.close();
});
