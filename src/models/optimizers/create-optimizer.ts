// An optimizer for the named parameters of a network, its moments part of the training state.

import type { Scalar, Tensor } from "@tensorflow/tfjs-core";
import type { State, Tensors } from "../../training-step.ts";
import type { OptimizerConfig } from "./optimizers.ts";
import { ruleOf } from "./rules.ts";

export type Optimizer = {
  /** The moments of all parameters before the first step, named "adam/mean/<parameter>". */
  init(parameters: State): State;
  /** Names of the scalars that a step needs. */
  readonly hyperNames: readonly string[];
  /** The scalars of step t = 1, 2, …, computed in double precision. */
  hyper(t: number, learningRate: number): Readonly<Record<string, number>>;
  /** New parameters and moments from the old ones and the gradients, all named as in the state. */
  update(state: Tensors, gradients: Tensors, hyper: Tensors): Tensors;
};

/**
 * An optimizer for named parameters. `prefix` keeps several optimizers in one state and their scalars apart.
 */
export function createOptimizer(config: OptimizerConfig, prefix: string = config.name): Optimizer {
  const rule = ruleOf(config);
  const scalarName = (name: string) => `${prefix}/${name}`;
  const names = Object.keys(rule.hyper(1, 1));
  return {
    init: (parameters) =>
      Object.fromEntries(
        rule.slots.flatMap((slot) =>
          Object.entries(parameters).map(([name, { shape, data }]) => [
            `${prefix}/${slot}/${name}`,
            { shape, data: filled(data.length, rule.initial) },
          ]),
        ),
      ),
    hyperNames: names.map(scalarName),
    hyper: (t, learningRate) =>
      Object.fromEntries(
        Object.entries(rule.hyper(t, learningRate)).map(([name, value]) => [scalarName(name), value]),
      ),
    update: (state, gradients, hyper) => {
      const scalars = Object.fromEntries(names.map((name) => [name, hyper[scalarName(name)] as Scalar]));
      const next: Record<string, Tensor> = {};
      for (const [name, gradient] of Object.entries(gradients)) {
        const slots = rule.slots.map((slot) => state[`${prefix}/${slot}/${name}`]!);
        const updated = rule.update(state[name]!, gradient, slots, scalars);
        next[name] = updated.parameter;
        rule.slots.forEach((slot, index) => {
          next[`${prefix}/${slot}/${name}`] = updated.slots[index]!;
        });
      }
      return next;
    },
  };
}

/** Zeros are left as they are allocated: until something is written, they take no memory. */
function filled(length: number, value: number): Float32Array {
  const data = new Float32Array(length);
  return value === 0 ? data : data.fill(value);
}
