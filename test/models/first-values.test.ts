// First values of every network: keyed by the seed, drawn from the distribution that its paper states, and all of them
// read by the network.

import assert from "node:assert/strict";
import { test } from "node:test";
import "@tensorflow/tfjs-backend-cpu";
import { tidy, zeros } from "@tensorflow/tfjs-core";
import type { Part } from "../../src/models/layers/part.ts";
import { type DiscriminatorOptions, discriminator } from "../../src/models/pix2pix/patch-discriminator.ts";
import { type State, sizeOf, type Tensors } from "../../src/training-step.ts";
import { tensorCount } from "../tensor-count.ts";
import { everyModel, gammaText, networkOf } from "./networks-for-tests.ts";

for (const [model, ...overrides] of everyModel) {
  const title = [model, ...overrides].join(" ");
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
    "{kind: pix2pix, width: 16, attention: {in: [generator, discriminator], at: 16}, spectral_norm: [generator, discriminator]}",
  ).init(3);
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
    const before = tensorCount();
    tidy(() => {
      const read = new Set<string>();
      network.predict(watched(tensorsOf(network.init(1)), read), { luma: zeros([1, 32, 32, 1]) });
      assert.deepEqual([...read].sort(), [...network.evaluated].sort());
    });
    assert.equal(tensorCount(), before);
  });
}

const small: DiscriminatorOptions = {
  imageSize: 32,
  inputs: 3,
  width: 8,
  layers: 3,
  scales: 1,
  padding: 1,
  norm: "batch",
  attention: null,
  spectral: false,
};

test("every weight of a discriminator is read in training, and every layer that is read has one", () => {
  const cases: Partial<DiscriminatorOptions>[] = [
    {},
    { norm: "instance", scales: 2, padding: 2 },
    { norm: "none", spectral: true },
    { spectral: true, attention: { at: 8, form: "full" } },
    { attention: { at: 8, form: "pooled" } },
  ];
  for (const options of cases) assertAllRead({ ...small, ...options });
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
