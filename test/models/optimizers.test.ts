import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { type Engine, specsOf } from "../../src/engine/engine.ts";
import { createOptimizer } from "../../src/models/optimizers/create-optimizer.ts";
import type { OptimizerName } from "../../src/models/optimizers/optimizers.ts";
import type { State, StepFunction } from "../../src/training-step.ts";
import { assertAllClose } from "../allclose.ts";
import { reference, tested } from "../engine/engines-for-tests.ts";
import { optimizerOf } from "./networks-for-tests.ts";

type Case = {
  readonly name: OptimizerName;
  readonly settings: Readonly<Record<string, number>>;
  readonly params: readonly (readonly number[])[];
  readonly grads: readonly (readonly (readonly number[])[])[];
  readonly after: readonly (readonly (readonly number[])[])[];
};

const golden = JSON.parse(readFileSync(new URL("../golden/optimizers.json", import.meta.url), "utf8")) as {
  readonly torch: string;
  readonly cases: readonly Case[];
};

async function parametersAfterEachStep(engine: Engine, example: Case): Promise<number[][][]> {
  const config = optimizerOf({ name: example.name, ...example.settings });
  const optimizer = createOptimizer(config);
  const parameters: State = Object.fromEntries(
    example.params.map((numbers, index) => [
      `p${index}`,
      { shape: [numbers.length], data: Float32Array.from(numbers) },
    ]),
  );
  const initial = { ...parameters, ...optimizer.init(parameters) };
  const step: StepFunction = (state, batch, _noise, hyper) => ({
    state: optimizer.update(state, batch, hyper),
    losses: {},
  });
  const batch = Object.fromEntries(
    Object.entries(parameters).map(([name, { shape }]) => [name, { shape, dtype: "float32" as const }]),
  );
  const compiled = await engine.compileStep(step, specsOf(initial), {
    batch,
    noise: {},
    hyper: optimizer.hyperNames,
  });
  let state = engine.importState(initial);
  const after: number[][][] = [];
  for (const [index, gradients] of example.grads.entries()) {
    const hyper = optimizer.hyper(index + 1, config.learning_rate);
    const result = await compiled.run(state, 1, {
      batch: Object.fromEntries(gradients.map((numbers, i) => [`p${i}`, Float32Array.from(numbers)])),
      noise: {},
      hyper: Object.fromEntries(Object.entries(hyper).map(([name, value]) => [name, Float32Array.of(value)])),
    });
    state = result.state;
    const exported = await engine.exportState(state);
    after.push(example.params.map((_, i) => Array.from(exported[`p${i}`]!.data)));
  }
  engine.release(state);
  await compiled.close();
  return after;
}

for (const engine of [reference, tested]) {
  for (const example of golden.cases) {
    test(`${example.name} ${JSON.stringify(example.settings)} agrees with PyTorch ${golden.torch} on ${engine.name}`, async () => {
      const after = await parametersAfterEachStep(engine, example);
      assert.equal(after.length, example.after.length);
      for (const [step, tensors] of example.after.entries()) {
        for (const [index, expected] of tensors.entries()) {
          assertAllClose(
            after[step]![index]!,
            expected,
            { relative: 2e-6 },
            `step ${step + 1}, tensor ${index}`,
          );
        }
      }
    });
  }
}
