// Writes what check.py measures into a folder: a file for each case with its trace, the spread of its first weights, its
// scalars, and the losses of three steps on ONNX Runtime where a CPU can compute them in time.
// Arguments: the folder, and which cases; all where none are named.

import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { openOnnxEngine } from "../../src/engine/onnx/onnx-engine.ts";
import { writtenTrace } from "../../src/engine/torch/write-trace.ts";
import { decomposed } from "../../src/engine/trace/passes.ts";
import { recordStep } from "../../src/engine/trace/record.ts";
import { completeExperiment } from "../../src/experiment/complete-experiment.ts";
import type { ModelConfig } from "../../src/experiment/experiment.ts";
import { optimizerSchema } from "../../src/models/optimizers/optimizers.ts";
import { buildNetwork } from "../../src/runner/build-network.ts";
import { type StepCase, stepCases } from "../step-cases.ts";
import { inputOf, spreadsOf, stateOf } from "./numbers.ts";

type Case = Omit<StepCase, "steps"> & { readonly expects: boolean };

const named = (name: string) => stepCases.find((one) => one.name === name)!;
const large = named("pix2pix-256");
const pix2pix = named("tiny").model as Extract<ModelConfig, { kind: "pix2pix" }>;

const cases: readonly Case[] = [
  { ...named("tiny"), expects: true },
  {
    ...named("tiny"),
    name: "options",
    model: {
      ...pix2pix,
      dropout: "paper",
      gan_loss: "lsgan",
      discriminator: { ...pix2pix.discriminator, n_layers: 1, scales: 2, feature_matching: 10 },
      attention: { in: ["generator", "discriminator"], at: 8, form: "full" },
      spectral_norm: ["discriminator"],
    },
    expects: true,
  },
  { ...named("beta-64"), expects: true },
  { ...named("pix2pix-64"), expects: true },
  { ...large, name: "pix2pix-256-1", expects: true },
  { ...large, name: "pix2pix-256-16", batch: 16, expects: false },
  { ...large, name: "pix2pix-256-64", batch: 64, expects: false },
];

/** worker.py has rules for all composites: none is taken apart. */
const has = () => true;
const steps = 3;

const [folder, ...wanted] = process.argv.slice(2) as [string, ...string[]];
mkdirSync(folder, { recursive: true });
const spreads = new Map<string, ReturnType<typeof spreadsOf>>();
for (const one of cases) {
  if (wanted.length > 0 && !wanted.includes(one.name)) continue;
  const { name, model, learningRate, beta1, size, batch, peer, expects } = one;
  const optimizer = optimizerSchema.parse({ name: "adam", learning_rate: learningRate, beta1 });
  const { image, train } = completeExperiment({ dataset: "synthetic", image: { size } });
  const network = await buildNetwork({
    model,
    image,
    train: { ...train, batch_size: batch, optimizer },
  });
  // The first weights do not hang on the batch.
  const key = `${name.split("-")[0]} ${size} ${name === "options"}`;
  const state = spreads.get(key) ?? spreadsOf(network.init(1));
  spreads.set(key, state);
  const specs = mapped(state, ({ shape }) => ({ shape, dtype: "float32" as const }));
  const trace = decomposed(recordStep(network.step, specs, network.specs, { loops: false }), has);
  const hyper = Object.fromEntries(
    network.specs.hyper.map((scalar) => [
      scalar,
      Array.from({ length: steps }, (_, index) => Math.fround(network.hyper(index + 1, 1)[scalar]!)),
    ]),
  );
  let expected: Record<string, number[]> | null = null;
  if (expects) {
    const engine = openOnnxEngine({ threads: 2 });
    const compiled = await engine.compileStep(network.step, specs, network.specs);
    const inputs = (specs: typeof network.specs.batch) =>
      Object.fromEntries(Object.entries(specs).map(([input, spec]) => [input, inputOf(input, spec, steps)]));
    const { losses } = await compiled.run(engine.importState(stateOf(state)), steps, {
      batch: inputs(network.specs.batch),
      noise: inputs(network.specs.noise),
      hyper: Object.fromEntries(Object.entries(hyper).map(([key, list]) => [key, Float32Array.from(list)])),
    });
    expected = Object.fromEntries(Object.entries(losses).map(([loss, values]) => [loss, [...values]]));
    await compiled.close();
  }
  const { batch: pictures, noise } = network.specs;
  const text = JSON.stringify({
    name,
    batch,
    peer: [peer.file, "--size", String(size), "--batch", String(batch), ...peer.flags],
    inputs: { batch: pictures, noise },
    state,
    hyper,
    expected,
    trace: writtenTrace(trace),
  });
  writeFileSync(path.join(folder, `${name}.json.gz`), gzipSync(text, { level: 9 }));
  console.log(`${name}: ${(text.length / 2 ** 20).toFixed(1)} MiB of JSON${expected ? "" : ", no losses"}`);
}
process.exit(0);

function mapped<T, U>(all: Readonly<Record<string, T>>, map: (one: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(all).map(([key, one]) => [key, map(one)]));
}
