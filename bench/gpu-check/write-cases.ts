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
import type { State } from "../../src/training-step.ts";
import { type StepCase, stepCases } from "../step-cases.ts";
import { inputOf, spreadsOf, stateOf } from "./numbers.ts";

type Losses = Readonly<Record<string, readonly number[]>>;
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
  let [expected, nudged]: (Losses | null)[] = [null, null];
  if (expects) {
    const engine = openOnnxEngine({ threads: 2 });
    const compiled = await engine.compileStep(network.step, specs, network.specs);
    const inputs = (specs: typeof network.specs.batch) =>
      Object.fromEntries(Object.entries(specs).map(([input, spec]) => [input, inputOf(input, spec, steps)]));
    const lossesFrom = async (start: State): Promise<Losses> => {
      const { losses, state: last } = await compiled.run(engine.importState(start), steps, {
        batch: inputs(network.specs.batch),
        noise: inputs(network.specs.noise),
        hyper: mapped(hyper, (list) => Float32Array.from(list)),
      });
      engine.release(last);
      return mapped(losses, (values) => [...values]);
    };
    expected = await lossesFrom(stateOf(state));
    nudged = await lossesFrom(mapped(stateOf(state), ({ shape, data }) => ({ shape, data: nudge(data) })));
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
    nudged,
    trace: writtenTrace(trace),
  });
  writeFileSync(path.join(folder, `${name}.json.gz`), gzipSync(text, { level: 9 }));
  console.log(`${name}: ${(text.length / 2 ** 20).toFixed(1)} MiB of JSON${expected ? "" : ", no losses"}`);
}
process.exit(0);

/** From weights that differ by a rounding error: what that changes, two correct engines may differ by. */
function nudge(data: Float32Array): Float32Array {
  return data.map((x, i) => x * (1 + (i % 2 === 0 ? 1e-6 : -1e-6)));
}

function mapped<T, U>(all: Readonly<Record<string, T>>, map: (one: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(all).map(([key, one]) => [key, map(one)]));
}
