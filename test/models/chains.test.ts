// alpha, gamma and classifier against PyTorch in float64. How the numbers were made, and what they mean, stands in
// make_chains.py.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Tensor4D } from "@tensorflow/tfjs-core";
import { rgbToLumaChroma } from "../../src/color/ops.ts";
import { type Engine, specsOf } from "../../src/engine/engine.ts";
import { alpha } from "../../src/models/alpha.ts";
import { classifier } from "../../src/models/classifier/classifier.ts";
import { gamma } from "../../src/models/gamma/gamma.ts";
import type { Network } from "../../src/models/network.ts";
import type { OptimizerConfig } from "../../src/models/optimizers/optimizers.ts";
import { type State, sizeOf, type TensorArrays } from "../../src/training-step.ts";
import { assertAllClose, rootMeanSquare } from "../allclose.ts";
import { reference, tested } from "../engine/engines-for-tests.ts";
import { dotWithFormula, everyNth, goldenImages, hash } from "../golden/formulas.ts";
import { optimizerOf, trainSettings } from "./networks-for-tests.ts";

type Formula = { readonly start: number; readonly scale: number; readonly shift: number };
type Summary = { readonly norm: number; readonly dot: number; readonly deviation: number };
type Evaluation = Summary & {
  readonly every: number;
  readonly values: readonly number[];
  readonly losses: readonly number[];
};
type Samples = Summary & { readonly samples: readonly number[] };
type GoldenCase = {
  readonly kind: "alpha" | "gamma" | "classifier";
  readonly options: {
    readonly batchSize: number;
    readonly imageSize: number;
    readonly width?: number;
    readonly labels?: number;
    readonly embedding?: number;
  };
  readonly imageShape: readonly number[];
  readonly parameters: number;
  readonly embedding?: Formula;
  readonly labels?: readonly number[];
  readonly tensors: readonly (Formula & {
    readonly name: string;
    readonly shape: readonly number[];
    readonly trained?: boolean;
    readonly at: readonly number[];
  })[];
  readonly evaluations: { readonly before: Evaluation; readonly trained: Evaluation };
  readonly gradients: readonly Samples[];
  readonly followed: readonly string[];
  readonly steps: readonly {
    readonly loss: number;
    readonly tensors: readonly (Samples & { readonly change: number })[];
  }[];
};
type Golden = {
  readonly torch: string;
  readonly learningRate: number;
  readonly cases: readonly GoldenCase[];
};

const golden = JSON.parse(readFileSync(new URL("../golden/chains.json", import.meta.url), "utf8")) as Golden;
const norm = (numbers: ArrayLike<number>) => rootMeanSquare(numbers) * Math.sqrt(numbers.length);

const adam = optimizerOf({ name: "adam", learning_rate: golden.learningRate });
/** One step moves every weight by minus its gradient. */
const descent = optimizerOf({ name: "sgd", learning_rate: 1 });

function build(example: GoldenCase, optimizer: OptimizerConfig) {
  const network = networkOf(example, optimizer);
  const initial: State = {
    ...network.init(1),
    ...Object.fromEntries(
      example.tensors.map((row) => [row.name, { shape: row.shape, data: formula(row, sizeOf(row.shape)) }]),
    ),
  };
  return { network, initial };
}

const builders = {
  alpha: await alpha.load(),
  classifier: await classifier.load(),
  gamma: await gamma.load(),
};

function networkOf({ kind, options }: GoldenCase, optimizer: OptimizerConfig): Network {
  const { imageSize, batchSize, labels } = options;
  const common = { imageSize, train: trainSettings(batchSize, optimizer) };
  if (kind === "alpha") return builders.alpha({ model: { kind }, ...common });
  if (kind === "classifier") {
    return builders.classifier({ model: { kind, width: options.width! }, labels: labels!, ...common });
  }
  const asked = { kind: "trained", run: "none", output: "features" } as const;
  return builders.gamma({
    model: { kind, classifier: asked, fine_tune: false },
    embedding: { size: options.embedding!, trained: null },
    ...common,
  });
}

function formula({ start, scale, shift }: Formula, length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => shift + scale * 2 * (hash(start + i) - 0.5));
}

function batchOf({ imageShape, options, embedding, labels }: GoldenCase): TensorArrays {
  return {
    rgb: goldenImages(imageShape),
    ...(embedding && { embedding: formula(embedding, options.batchSize * options.embedding!) }),
    ...(labels && { labels: Float32Array.from(labels) }),
  };
}

function inputsOf(example: GoldenCase, hyper: Readonly<Record<string, number>>) {
  return {
    batch: batchOf(example),
    noise: {},
    hyper: Object.fromEntries(Object.entries(hyper).map(([name, value]) => [name, Float32Array.of(value)])),
  };
}

async function evaluated(engine: Engine, example: GoldenCase, state: State) {
  const network = networkOf(example, adam);
  const read = Object.fromEntries(network.evaluated.map((name) => [name, state[name]!]));
  const compiled = await engine.compile(
    (inputs) => {
      const { luma } = rgbToLumaChroma(inputs.rgb as Tensor4D);
      const { prediction, loss } = network.evaluate(inputs, inputs);
      return { prediction, loss, predicted: network.predict(inputs, { ...inputs, luma }) };
    },
    specsOf(read),
    network.specs.batch,
  );
  const imported = engine.importState(read);
  const outputs = await compiled.run(imported, batchOf(example));
  engine.release(imported);
  await compiled.close();
  return outputs;
}

function assertEvaluation(
  outputs: Readonly<Record<string, Float32Array>>,
  expected: Evaluation,
  relative: number,
  what: string,
) {
  const { prediction, predicted, loss } = outputs;
  assertAllClose(everyNth(prediction!, expected.every), expected.values, { relative }, what);
  assertAllClose([norm(prediction!)], [expected.norm], { relative }, `norm of ${what}`);
  const dot = dotWithFormula(prediction!);
  assertAllClose([dot], [expected.dot], { relative, scale: expected.norm }, `dot of ${what}`);
  assertAllClose(loss!, expected.losses, { relative }, `losses of the images, ${what}`);
  assertAllClose(predicted!, prediction!, { relative: 1e-6 }, `predict, ${what}`);
}

for (const example of golden.cases) {
  const { kind, options } = example;
  const title = `${kind} at ${options.imageSize} pixels agrees with PyTorch ${golden.torch}`;

  test(`${title}: names and shapes of the state`, () => {
    const network = networkOf(example, adam);
    const own = Object.entries(network.init(1)).filter(([name]) => !name.startsWith("adam/"));
    const shapes = Object.fromEntries(own.map(([name, { shape }]) => [name, [...shape]]));
    assert.deepEqual(
      shapes,
      Object.fromEntries(example.tensors.map(({ name, shape }) => [name, [...shape]])),
    );
    assert.equal(network.parameters, example.parameters);
    assert.equal(
      network.layers.reduce((sum, { parameters }) => sum + parameters, 0),
      example.parameters,
    );
  });

  for (const engine of [tested, reference]) {
    test(`${title}: evaluation on ${engine.name}`, async () => {
      const { initial } = build(example, adam);
      const outputs = await evaluated(engine, example, initial);
      assertEvaluation(outputs, example.evaluations.before, 1e-4, "prediction");
    });

    // A minute and more on a busy machine; the smaller gamma takes its place.
    if (engine === reference && kind === "gamma" && options.imageSize > 8) continue;
    test(`${title}: gradients of the first step on ${engine.name}`, async () => {
      const { network, initial } = build(example, descent);
      const compiled = await engine.compileStep(network.step, specsOf(initial), network.specs);
      const { state, losses } = await compiled.run(
        engine.importState(initial),
        1,
        inputsOf(example, network.hyper(1, 1)),
      );
      const after = await engine.exportState(state);
      assertAllClose(losses.loss!, [example.steps[0]!.loss], { relative: 1e-5 }, "loss");
      const trained = example.tensors.filter((tensor) => tensor.trained !== false);
      for (const [index, { name, at }] of trained.entries()) {
        const expected = example.gradients[index]!;
        const before = initial[name]!.data;
        const gradient = Float32Array.from(after[name]!.data, (value, i) => before[i]! - value);
        // Subtracting weights leaves their rounding: 6e-8 of about 0.5.
        const scale = Math.max(expected.norm / Math.sqrt(gradient.length), 1e-4);
        const relative = Math.max(1e-3, 4 * expected.deviation);
        const samples = at.map((i) => gradient[i]!);
        assertAllClose(samples, expected.samples, { relative, scale }, name);
        assertAllClose([norm(gradient)], [expected.norm], { relative: 1e-4, scale: 1e-3 }, `norm of ${name}`);
        assertAllClose(
          [dotWithFormula(gradient)],
          [expected.dot],
          { relative: 1e-3, scale: Math.max(expected.norm, 1e-3) },
          `dot of ${name}`,
        );
      }
      // Running statistics move in the same way whatever the optimizer.
      for (const [place, name] of example.followed.entries()) {
        if (trained.some((tensor) => tensor.name === name)) continue;
        const { at } = example.tensors.find((tensor) => tensor.name === name)!;
        const samples = at.map((i) => after[name]!.data[i]!);
        assertAllClose(samples, example.steps[0]!.tensors[place]!.samples, { relative: 1e-5 }, name);
      }
      engine.release(state);
      await compiled.close();
    });
  }

  test(`${title}: steps of Adam, and evaluation after them`, async () => {
    const { network, initial } = build(example, adam);
    const compiled = await tested.compileStep(network.step, specsOf(initial), network.specs);
    let state = tested.importState(initial);
    for (const [step, expected] of example.steps.entries()) {
      const result = await compiled.run(state, 1, inputsOf(example, network.hyper(step + 1, 1)));
      state = result.state;
      assertAllClose(result.losses.loss!, [expected.loss], { relative: 1e-4 }, `loss of step ${step + 1}`);
      const exported = await tested.exportState(state);
      for (const [place, name] of example.followed.entries()) {
        const tensor = expected.tensors[place]!;
        const { at, trained } = example.tensors.find((one) => one.name === name)!;
        const { data } = exported[name]!;
        const change = Float32Array.from(data, (value, i) => value - initial[name]!.data[i]!);
        const what = `${name} after step ${step + 1}`;
        assertAllClose([norm(data)], [tensor.norm], { relative: 1e-5 }, `norm of ${what}`);
        assertAllClose([norm(change)], [tensor.change], { relative: 1e-3 }, `change of ${what}`);
        const dot = dotWithFormula(change);
        assertAllClose([dot], [tensor.dot], { relative: 2e-3, scale: tensor.change }, `dot of ${what}`);
        const moved = tensor.samples.map((value, k) => value - initial[name]!.data[at[k]!]!);
        const scale = tensor.change / Math.sqrt(data.length);
        // Adam moves a weight whose gradient is rounding noise by the learning rate in either direction, in PyTorch
        // too; running statistics follow the batch.
        const relative = trained === false ? 1e-3 : Math.max(1e-2, 4 * tensor.deviation);
        assertAllClose(
          at.map((i) => change[i]!),
          moved,
          { relative, scale },
          what,
        );
      }
    }
    const outputs = await evaluated(tested, example, await tested.exportState(state));
    assertEvaluation(outputs, example.evaluations.trained, 1e-3, "prediction of the trained");
    await compiled.close();
  });
}
