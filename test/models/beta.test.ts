import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Tensor4D } from "@tensorflow/tfjs-core";
import { rgbToLumaChroma } from "../../src/color/ops.ts";
import { specsOf } from "../../src/engine/engine.ts";
import { beta } from "../../src/models/beta.ts";
import { type State, sizeOf } from "../../src/training-step.ts";
import { assertAllClose, rootMeanSquare } from "../allclose.ts";
import { reference, tested } from "../engine/engines-for-tests.ts";
import { everyNth, goldenImages, hash } from "../golden/formulas.ts";
import { optimizerOf, trainSettings } from "./networks-for-tests.ts";

type Sampled = { readonly every: number; readonly values: readonly number[] };
type Samples = { readonly norm: number; readonly samples: readonly number[]; readonly deviation: number };
type Golden = {
  readonly torch: string;
  readonly imageShape: readonly [number, number, number, number];
  readonly learningRate: number;
  readonly parameters: number;
  readonly rgb: Sampled;
  readonly luma: Sampled;
  readonly chroma: Sampled;
  readonly tensors: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly start: number;
    readonly at: readonly number[];
  }[];
  readonly forward: Sampled;
  readonly loss: { readonly value: number };
  readonly gradients: readonly Samples[];
  readonly steps: readonly {
    readonly loss: number;
    readonly tensors: readonly (Samples & { readonly change: number })[];
  }[];
};

// How the numbers were made, and what they mean, stands in make_beta.py beside the file.
const golden = JSON.parse(readFileSync(new URL("../golden/beta.json", import.meta.url), "utf8")) as Golden;
const [images, height] = golden.imageShape;

function goldenWeights(): State {
  return Object.fromEntries(
    golden.tensors.map(({ name, shape, start }) => {
      const [, , inputs, outputs] = shape as [number, number, number, number];
      const limit = shape.length === 4 ? Math.sqrt(6 / (9 * (inputs + outputs))) : 0;
      const value = (_: unknown, i: number) => limit * 2 * (hash(start + i) - 0.5);
      return [name, { shape, data: Float32Array.from({ length: sizeOf(shape) }, value) }];
    }),
  );
}

const rgbOfGolden = () => goldenImages(golden.imageShape);
const norm = (numbers: ArrayLike<number>) => rootMeanSquare(numbers) * Math.sqrt(numbers.length);

const buildBeta = await beta.load();

function build(optimizer: "adam" | "sgd", learningRate: number) {
  const network = buildBeta({
    model: { kind: "beta" },
    imageSize: height,
    train: trainSettings(images, optimizerOf({ name: optimizer, learning_rate: learningRate })),
  });
  const initial = { ...network.init(1), ...goldenWeights() };
  return { network, initial, specs: specsOf(initial) };
}

const hyperArrays = (scalars: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(scalars).map(([name, value]) => [name, Float32Array.of(value)]));

test("beta has the parameters of its layer table", () => {
  assert.equal(build("adam", 1e-3).network.parameters, golden.parameters);
  assert.equal(golden.parameters, 3_892_194);
});

test("the formulas of the golden file are repeated exactly", () => {
  assert.deepEqual(everyNth(rgbOfGolden(), golden.rgb.every), golden.rgb.values);
});

for (const engine of [tested, reference]) {
  test(`beta's forward pass agrees with PyTorch ${golden.torch} on ${engine.name}`, async () => {
    const { network, initial } = build("adam", 1e-3);
    const weights = goldenWeights();
    const compiled = await engine.compile(
      (inputs) => {
        const rgb = inputs.rgb as Tensor4D;
        const { prediction, loss } = network.evaluate(inputs, { rgb });
        return { ...rgbToLumaChroma(rgb), forward: prediction, loss };
      },
      specsOf(weights),
      { rgb: { shape: golden.imageShape, dtype: "uint8" } },
    );
    const state = engine.importState(initial);
    const outputs = await compiled.run(state, { rgb: rgbOfGolden() });
    for (const name of ["luma", "chroma", "forward"] as const) {
      const sampled = everyNth(outputs[name]!, golden[name].every);
      assertAllClose(sampled, golden[name].values, { relative: 1e-4 }, name);
    }
    const [first, second] = outputs.loss!;
    assertAllClose([(first! + second!) / 2], [golden.loss.value], { relative: 1e-5 }, "loss");
    engine.release(state);
    await compiled.close();
  });
}

test("beta's gradients agree with PyTorch", async () => {
  // One step of plain gradient descent at rate 1 moves every weight by minus its gradient.
  const { network, initial, specs } = build("sgd", 1);
  const compiled = await tested.compileStep(network.step, specs, network.specs);
  const result = await compiled.run(tested.importState(initial), 1, {
    batch: { rgb: rgbOfGolden() },
    noise: {},
    hyper: hyperArrays(network.hyper(1, 1)),
  });
  const after = await tested.exportState(result.state);
  for (const [index, { name, at }] of golden.tensors.entries()) {
    const gradient = Float32Array.from(after[name]!.data, (value, i) => initial[name]!.data[i]! - value);
    const expected = golden.gradients[index]!;
    assertAllClose([norm(gradient)], [expected.norm], { relative: 1e-4 }, `norm of ${name}`);
    // Subtracting large weights leaves their rounding: 6e-8 of a weight of about 0.1.
    const scale = Math.max(expected.norm / Math.sqrt(gradient.length), 1e-4);
    const samples = at.map((i) => gradient[i]!);
    assertAllClose(samples, expected.samples, { relative: 1e-3, scale }, `gradient of ${name}`);
  }
  await compiled.close();
});

test("three steps of Adam agree with PyTorch, in one call or in three", async () => {
  const { network, initial, specs } = build("adam", golden.learningRate);
  const compiled = await tested.compileStep(network.step, specs, network.specs);
  const rgb = rgbOfGolden();
  let state = tested.importState(initial);
  const losses: number[] = [];
  for (const [index, expected] of golden.steps.entries()) {
    const hyper = hyperArrays(network.hyper(index + 1, 1));
    const result = await compiled.run(state, 1, { batch: { rgb }, noise: {}, hyper });
    state = result.state;
    losses.push(result.losses.loss![0]!);
    const after = await tested.exportState(state);
    for (const [place, { name }] of golden.tensors.entries()) {
      const { data } = after[name]!;
      const change = Float32Array.from(data, (value, i) => value - initial[name]!.data[i]!);
      const tensor = expected.tensors[place]!;
      assertAllClose([norm(data)], [tensor.norm], { relative: 1e-4 }, `step ${index + 1}: norm of ${name}`);
      assertAllClose(
        [norm(change)],
        [tensor.change],
        { relative: 2e-3 },
        `step ${index + 1}: change of ${name}`,
      );
    }
  }
  const expected = golden.steps.map(({ loss }) => loss);
  assertAllClose(losses, expected, { relative: 1e-4 }, "losses");

  const stacked = golden.steps.map((_, index) => network.hyper(index + 1, 1));
  const together = await compiled.run(tested.importState(initial), golden.steps.length, {
    batch: { rgb: Uint8Array.from(golden.steps.flatMap(() => Array.from(rgb))) },
    noise: {},
    hyper: Object.fromEntries(
      network.specs.hyper.map((name) => [name, Float32Array.from(stacked, (values) => values[name]!)]),
    ),
  });
  assert.deepEqual(Array.from(together.losses.loss!), losses, "the same numbers to the last bit");
  const [one, three] = [await tested.exportState(state), await tested.exportState(together.state)];
  for (const name of Object.keys(initial)) assert.deepEqual(three[name]!.data, one[name]!.data, name);
  await compiled.close();
});
