// pix2pix against PyTorch in float64. How the numbers were made, and what they mean, stands in make_pix2pix.py.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Tensor4D } from "@tensorflow/tfjs-core";
import { specsOf } from "../../src/engine/engine.ts";
import type { ConfigOf } from "../../src/models/model.ts";
import type { OptimizerConfig } from "../../src/models/optimizers/optimizers.ts";
import { pix2pix } from "../../src/models/pix2pix/pix2pix.ts";
import { type State, sizeOf } from "../../src/training-step.ts";
import { assertAllClose, rootMeanSquare } from "../allclose.ts";
import { tested } from "../engine/engines-for-tests.ts";
import { dotWithFormula, everyNth, goldenImages, hash } from "../golden/formulas.ts";
import { optimizerOf, trainSettings } from "./networks-for-tests.ts";

type Samples = { readonly norm: number; readonly dot: number; readonly deviation: number };
type Output = Samples & { readonly every: number; readonly values: readonly number[] };
type Pix2PixConfig = ConfigOf<typeof pix2pix>;
type GanNetwork = "generator" | "discriminator";

type GoldenCase = {
  readonly name: string;
  readonly options: {
    readonly color: "lab" | "rgb";
    readonly imageSize: number;
    readonly batchSize: number;
    readonly width: number;
    readonly depth: number;
    readonly norm: "batch" | "instance";
    readonly dropout: "reference" | "paper";
    readonly adversarial: "vanilla" | "lsgan" | "hinge";
    readonly l1: number;
    readonly featureMatching: number;
    readonly discriminatorWidth: number;
    readonly layers: number;
    readonly scales: number;
    readonly attention: Readonly<Record<GanNetwork, "full" | "pooled" | null>> & { readonly at: number };
    readonly spectral: Readonly<Record<GanNetwork, boolean>>;
  };
  readonly tensors: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly start: number;
    readonly scale: number;
    readonly shift: number;
    readonly unit?: boolean;
    readonly trained?: boolean;
    readonly at: readonly number[];
  }[];
  readonly noise: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly starts: readonly number[];
  }[];
  readonly evaluations: Readonly<
    Record<"before" | "after1" | "after3" | "perImage", Output | null | undefined>
  >;
  readonly gradients: readonly (Samples & {
    readonly name: string;
    readonly samples: readonly number[];
    readonly zero?: boolean;
  })[];
  readonly followed: readonly string[];
  readonly steps: readonly {
    readonly losses: Readonly<Record<string, { readonly value: number }>>;
    readonly tensors: readonly (Samples & { readonly change: number; readonly samples: readonly number[] })[];
  }[];
};
type Golden = {
  readonly torch: string;
  readonly learningRates: { readonly generator: number; readonly discriminator: number };
  readonly images: Readonly<Record<string, { readonly shape: readonly number[] }>>;
  readonly cases: readonly GoldenCase[];
};

const golden = JSON.parse(readFileSync(new URL("../golden/pix2pix.json", import.meta.url), "utf8")) as Golden;
type Health = Readonly<Record<string, readonly Readonly<Record<string, number>>[]>>;
const ganHealth = JSON.parse(
  readFileSync(new URL("../golden/gan-health.json", import.meta.url), "utf8"),
) as Health;
const norm = (numbers: ArrayLike<number>) => rootMeanSquare(numbers) * Math.sqrt(numbers.length);

function configOf({ options }: GoldenCase): Pix2PixConfig {
  const { attention, spectral } = options;
  const networks = ["generator", "discriminator"] as const;
  const attending = networks.filter((network) => attention[network] !== null);
  return {
    kind: "pix2pix",
    color: options.color,
    width: options.width,
    depth: options.depth,
    norm: options.norm,
    dropout: options.dropout,
    gan_loss: options.adversarial,
    l1_weight: options.l1,
    discriminator: {
      width: options.discriminatorWidth,
      n_layers: options.layers,
      scales: options.scales,
      feature_matching: options.featureMatching,
      padding: null,
    },
    attention:
      attending.length === 0 ? null : { in: attending, at: attention.at, form: attention[attending[0]!]! },
    spectral_norm: networks.filter((network) => spectral[network]),
    evaluation: "running",
  };
}

const adam = (learningRate: number) => optimizerOf({ name: "adam", learning_rate: learningRate, beta1: 0.5 });
const descent = optimizerOf({ name: "sgd", learning_rate: 1 });
const buildPix2Pix = await pix2pix.load();

function build(
  example: GoldenCase,
  optimizer = adam(golden.learningRates.generator),
  discriminatorOptimizer = adam(golden.learningRates.discriminator),
  model = configOf(example),
) {
  const { imageSize, batchSize } = example.options;
  const network = buildPix2Pix({
    model,
    imageSize,
    train: trainSettings(batchSize, optimizer, { discriminator_optimizer: discriminatorOptimizer }),
  });
  const initial = { ...network.init(1), ...weightsOf(example) };
  return { network, initial };
}

function weightsOf({ tensors }: GoldenCase): State {
  return Object.fromEntries(
    tensors.map(({ name, shape, start, scale, shift, unit }) => {
      const values = Float64Array.from(
        { length: sizeOf(shape) },
        (_, i) => shift + scale * 2 * (hash(start + i) - 0.5),
      );
      const length = unit ? Math.hypot(...values) : 1;
      return [name, { shape, data: Float32Array.from(values, (value) => value / length) }];
    }),
  );
}

function inputsOf(example: GoldenCase, step: number, hyper: Readonly<Record<string, number>>) {
  return {
    batch: { rgb: rgbOf(example) },
    noise: Object.fromEntries(
      example.noise.map(({ name, shape, starts }) => [
        name,
        Float32Array.from({ length: sizeOf(shape) }, (_, i) => hash(starts[step]! + i)),
      ]),
    ),
    hyper: Object.fromEntries(Object.entries(hyper).map(([name, value]) => [name, Float32Array.of(value)])),
  };
}

function rgbOf({ options }: GoldenCase): Uint8Array {
  return goldenImages(golden.images[options.imageSize]!.shape);
}

/** A step that moves all weights by minus their gradients where descent at rate 1 is chosen. */
async function oneStep(example: GoldenCase, ...optimizers: [OptimizerConfig?, OptimizerConfig?]) {
  const { network, initial } = build(example, ...optimizers);
  const compiled = await tested.compileStep(network.step, specsOf(initial), network.specs);
  const result = await compiled.run(
    tested.importState(initial),
    1,
    inputsOf(example, 0, network.hyper(1, 1)),
  );
  await compiled.close();
  return { initial, after: await tested.exportState(result.state) };
}

async function evaluated(
  example: GoldenCase,
  state: State,
  evaluation: "running" | "batch_stats" = "running",
) {
  const { network } = build(example, undefined, undefined, { ...configOf(example), evaluation });
  const specs = Object.fromEntries(network.evaluated.map((name) => [name, specsOf(state)[name]!]));
  const compiled = await tested.compile(
    (inputs) => ({ prediction: network.evaluate(inputs, { rgb: inputs.rgb as Tensor4D }).prediction }),
    specs,
    { rgb: network.specs.batch.rgb! },
  );
  const { prediction } = await compiled.run(tested.importState(state), { rgb: rgbOf(example) });
  await compiled.close();
  // The golden generator gives [-1, 1] in both color spaces.
  return example.options.color === "rgb" ? prediction!.map((value) => 2 * value - 1) : prediction!;
}

/**
 * After training, a ReLU that met its kink in one step may have turned weights whose gradient is small: pictures as a
 * whole must agree as well as before, single values by 1 %.
 */
function assertOutput(actual: Float32Array, expected: Output, what: string, trained = false) {
  const { every, values, deviation } = expected;
  const relative = Math.max(1e-4, 4 * deviation);
  const one = { relative: trained ? 1e-2 : relative, scale: rootMeanSquare(actual) };
  assertAllClose(everyNth(actual, every), values, one, what);
  assertAllClose([norm(actual)], [expected.norm], { relative }, `norm of ${what}`);
  const all = { relative: trained ? 1e-3 : relative, scale: expected.norm };
  assertAllClose([dotWithFormula(actual)], [expected.dot], all, `dot of ${what}`);
}

for (const example of golden.cases) {
  const title = `${example.name} agrees with PyTorch ${golden.torch}`;

  test(`${title}: names and shapes of the state`, () => {
    const { network } = build(example);
    const own = network.init(1);
    const expected = Object.fromEntries(example.tensors.map(({ name, shape }) => [name, shape]));
    const actual = Object.fromEntries(
      Object.entries(own)
        .filter(([name]) => !/^(generator|discriminator)\/adam\//.test(name))
        .map(([name, { shape }]) => [name, [...shape]]),
    );
    assert.deepEqual(actual, expected);
    const trained = example.tensors.filter((tensor) => tensor.trained !== false);
    assert.equal(
      network.parameters,
      trained.reduce((sum, { shape }) => sum + sizeOf(shape), 0),
    );
    assert.equal(
      network.layers.reduce((sum, { parameters }) => sum + parameters, 0),
      network.parameters,
    );
  });

  test(`${title}: gradients of the first step`, async () => {
    const ofG = await oneStep(example, descent);
    const ofD = await oneStep(example, undefined, descent);
    for (const expected of example.gradients) {
      const { initial, after } = expected.name.startsWith("generator/") ? ofG : ofD;
      const before = initial[expected.name]!.data;
      const gradient = Float32Array.from(after[expected.name]!.data, (value, i) => before[i]! - value);
      const { at } = example.tensors.find(({ name }) => name === expected.name)!;
      const rms = expected.norm / Math.sqrt(gradient.length);
      // Subtracting weights leaves their rounding: 6e-8 of about 0.2.
      const scale = Math.max(rms, 1e-4);
      const relative = Math.max(1e-3, 4 * expected.deviation);
      if (expected.zero) {
        assert.ok(norm(gradient) / Math.sqrt(gradient.length) < 1e-4, `${expected.name} should not move`);
        continue;
      }
      assertAllClose(
        [norm(gradient)],
        [expected.norm],
        { relative: 2e-4, scale: 1e-3 },
        `norm of ${expected.name}`,
      );
      assertAllClose(
        at.map((i) => gradient[i]!),
        expected.samples,
        { relative, scale },
        expected.name,
      );
      const dot = dotWithFormula(gradient);
      assertAllClose(
        [dot],
        [expected.dot],
        { relative: 1e-3, scale: Math.max(expected.norm, 1e-3) },
        `dot of ${expected.name}`,
      );
    }
  });

  test(`${title}: three steps and evaluation`, async () => {
    const { network, initial } = build(example);
    const compiled = await tested.compileStep(network.step, specsOf(initial), network.specs);
    let state = tested.importState(initial);
    const { before, after1, after3, perImage } = example.evaluations;
    if (before) assertOutput(await evaluated(example, initial), before, "evaluation before");
    if (perImage) assertOutput(await evaluated(example, initial, "batch_stats"), perImage, "per image");
    for (const [step, expected] of example.steps.entries()) {
      const result = await compiled.run(state, 1, inputsOf(example, step, network.hyper(step + 1, 1)));
      state = result.state;
      for (const [name, { value }] of Object.entries(expected.losses)) {
        assertAllClose(
          [result.losses[name]![0]!],
          [value],
          { relative: 1e-4 },
          `${name} of step ${step + 1}`,
        );
      }
      for (const [name, value] of Object.entries(ganHealth[example.name]![step]!)) {
        const what = `${name} of step ${step + 1}`;
        assertAllClose([result.losses[name]![0]!], [value], { relative: 1e-4 }, what);
      }
      const exported = await tested.exportState(state);
      for (const [place, name] of example.followed.entries()) {
        const tensor = expected.tensors[place]!;
        const { at } = example.tensors.find((one) => one.name === name)!;
        const { data } = exported[name]!;
        const change = Float32Array.from(data, (value, i) => value - initial[name]!.data[i]!);
        const what = `${name} after step ${step + 1}`;
        assertAllClose([norm(data)], [tensor.norm], { relative: 1e-4, scale: 1e-3 }, `norm of ${what}`);
        const relative = Math.max(5e-3, 4 * tensor.deviation);
        assertAllClose([norm(change)], [tensor.change], { relative, scale: 1e-5 }, `change of ${what}`);
        const dot = dotWithFormula(change);
        // Adam moves a weight whose gradient is rounding noise by the learning rate in either direction, in PyTorch too.
        const turned = tensor.deviation > 0.5 ? 0.1 : 2e-2;
        assertAllClose([dot], [tensor.dot], { relative: turned, scale: tensor.change }, `dot of ${what}`);
        const noise = 2 * golden.learningRates.generator * (step + 1);
        const scale = Math.max(tensor.norm / Math.sqrt(data.length), 1e-3, noise / 1e-3);
        const samples = at.map((i) => data[i]!);
        assertAllClose(samples, tensor.samples, { relative: 1e-3, scale }, what);
      }
      const evaluation = [after1, undefined, after3][step];
      if (evaluation)
        assertOutput(await evaluated(example, exported), evaluation, `evaluation after ${step + 1}`, true);
    }
    await compiled.close();
  });
}
