// A training step recorded for check.py, with the spread of its first weights.

import { writtenTrace } from "../../src/engine/torch/write-trace.ts";
import { decomposed } from "../../src/engine/trace/passes.ts";
import { recordStep } from "../../src/engine/trace/record.ts";
import type { Trace } from "../../src/engine/trace/trace.ts";
import { completeExperiment } from "../../src/experiment/complete-experiment.ts";
import { optimizerSchema } from "../../src/models/optimizers/optimizers.ts";
import { buildNetwork } from "../../src/runner/build-network.ts";
import type { StepCase } from "../step-cases.ts";
import { type Spread, spreadsOf } from "./numbers.ts";

export type CaseParts = Omit<StepCase, "steps" | "asked">;

/** `spreads` are the first weights', where they are known: they do not hang on the batch. */
export async function recordedCase(
  { name, model, learningRate, beta1, size, batch, peer }: CaseParts,
  spreads?: Readonly<Record<string, Spread>>,
) {
  const optimizer = optimizerSchema.parse({ name: "adam", learning_rate: learningRate, beta1 });
  const { image, train } = completeExperiment({ dataset: "synthetic", image: { size } });
  const network = await buildNetwork({ model, image, train: { ...train, batch_size: batch, optimizer } });
  const state = spreads ?? spreadsOf(network.init(1));
  const specs = mapped(state, ({ shape }) => ({ shape, dtype: "float32" as const }));
  const written = {
    name,
    batch,
    peer: [peer.file, "--size", String(size), "--batch", String(batch), ...peer.flags],
    inputs: { batch: network.specs.batch, noise: network.specs.noise },
    state,
    trace: whole(recordStep(network.step, specs, network.specs, { loops: false })),
  };
  /** The scalars of the first `steps` steps, in float32. */
  const hyper = (steps: number) => {
    const each = Array.from({ length: steps }, (_, index) => network.hyper(index + 1, 1));
    return Object.fromEntries(
      network.specs.hyper.map((scalar) => [scalar, each.map((scalars) => Math.fround(scalars[scalar]!))]),
    );
  };
  return { network, specs, hyper, written };
}

/** worker.py has rules for all composites: none is taken apart. */
export function whole(trace: Trace): object {
  return writtenTrace(decomposed(trace, () => true));
}

export function mapped<T, U>(all: Readonly<Record<string, T>>, map: (one: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(all).map(([key, one]) => [key, map(one)]));
}
