// Writes what check.py measures into a folder: a file for each case with its trace, the spread of its first weights, its
// scalars, and the losses of three steps on ONNX Runtime where a CPU can compute them in time; and a training with its
// photographs. Arguments: the folder, and which cases; all but the smallest training where none are named.

import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { openOnnxEngine } from "../../src/engine/onnx/onnx-engine.ts";
import type { ModelConfig } from "../../src/experiment/experiment.ts";
import type { State } from "../../src/training-step.ts";
import { stepCases } from "../step-cases.ts";
import { inputOf, type Spread, stateOf } from "./numbers.ts";
import { type CaseParts, mapped, recordedCase } from "./recorded-case.ts";
import { type TrainingParts, trainingCase } from "./training-case.ts";

type Losses = Readonly<Record<string, readonly number[]>>;
type Case = CaseParts & { readonly expects: boolean };

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

const trainings: readonly TrainingParts[] = [
  { ...named("pix2pix-128"), name: "training", batch: 16 },
  // To see whether it works at all.
  { ...named("tiny"), name: "training-tiny", scenes: 40 },
];

const steps = 3;

const [folder, ...wanted] = process.argv.slice(2) as [string, ...string[]];
const isWanted = (name: string) => (wanted.length > 0 ? wanted.includes(name) : name !== "training-tiny");
mkdirSync(folder, { recursive: true });

const spreads = new Map<string, Readonly<Record<string, Spread>>>();
for (const one of cases.filter(({ name }) => isWanted(name))) {
  const { name, size, expects } = one;
  const key = `${name.split("-")[0]} ${size} ${name === "options"}`;
  const { network, specs, hyper, written } = await recordedCase(one, spreads.get(key));
  spreads.set(key, written.state);
  const scalars = hyper(steps);
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
        hyper: mapped(scalars, (list) => Float32Array.from(list)),
      });
      engine.release(last);
      return mapped(losses, (values) => [...values]);
    };
    const first = stateOf(written.state);
    expected = await lossesFrom(first);
    nudged = await lossesFrom(mapped(first, ({ shape, data }) => ({ shape, data: nudge(data) })));
    await compiled.close();
  }
  write(
    name,
    JSON.stringify({ ...written, hyper: scalars, expected, nudged }),
    expected ? "" : ", no losses",
  );
}
for (const one of trainings.filter(({ name }) => isWanted(name))) {
  const { text, photographs } = await trainingCase(one);
  writeFileSync(path.join(folder, `${one.name}.rgb`), photographs);
  write(
    one.name,
    text,
    `, ${photographs.length / (3 * one.size ** 2)} photographs at ${one.size}x${one.size}`,
  );
}
process.exit(0);

function write(name: string, text: string, more: string): void {
  writeFileSync(path.join(folder, `${name}.json.gz`), gzipSync(text, { level: 9 }));
  console.log(`${name}: ${(text.length / 2 ** 20).toFixed(1)} MiB of JSON${more}`);
}

/** From weights that differ by a rounding error: what that changes, two correct engines may differ by. */
function nudge(data: Float32Array): Float32Array {
  return data.map((x, i) => x * (1 + (i % 2 === 0 ? 1e-6 : -1e-6)));
}
