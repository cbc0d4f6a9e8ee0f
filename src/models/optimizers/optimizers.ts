// The optimizers that a user may name, with their numbers. The rules by which they change weights are in rules.ts, which
// loads TensorFlow.js. Defaults of torch.optim, but for two learning rates: sgd and momentum have 1e-3 there, rmsprop 1e-2.

import type { z } from "zod";
import { above, atLeast, rate } from "../../settings/leaves.ts";
import type { ReadonlyDeep } from "../../settings/readonly-deep.ts";
import { variant, variants } from "../../settings/variants.ts";

const epsilon = (value: number) => atLeast(0).default(value).describe("Keeps the divisor away from zero.");
const learningRate = (value: number) =>
  above(0).default(value).describe("Learning rate, before the schedule's factor.");
const beta1 = rate().default(0.9).describe("Decay of the running mean of the gradient.");
const beta2 = rate().default(0.999).describe("Decay of the running mean of its square.");

function optimizer<const Name extends string, const Options extends z.ZodRawShape>(
  name: Name,
  description: string,
  options: Options,
) {
  return { name, schema: variant("name", name, description, options) };
}

const optimizers = [
  optimizer("sgd", "Plain gradient descent.", {
    learning_rate: learningRate(1e-2),
  }),
  optimizer("momentum", "torch.optim.SGD with momentum.", {
    learning_rate: learningRate(1e-2),
    momentum: rate().default(0.9).describe("Share of the velocity that is kept; 0.9 as is usual."),
  }),
  optimizer("rmsprop", "torch.optim.RMSprop.", {
    learning_rate: learningRate(1e-3),
    decay: rate().default(0.99).describe("Decay of the running mean of the squared gradient (alpha)."),
    epsilon: epsilon(1e-8),
  }),
  optimizer("adagrad", "torch.optim.Adagrad.", {
    learning_rate: learningRate(1e-2),
    epsilon: epsilon(1e-10),
    initial_accumulator: atLeast(0).default(0).describe("What the sum of squared gradients starts from."),
  }),
  optimizer("adadelta", "torch.optim.Adadelta.", {
    learning_rate: learningRate(1),
    decay: rate().default(0.9).describe("Decay of both running means (rho)."),
    epsilon: epsilon(1e-6),
  }),
  optimizer("adam", "torch.optim.Adam.", {
    learning_rate: learningRate(1e-3),
    beta1,
    beta2,
    epsilon: epsilon(1e-8),
  }),
  optimizer("adamax", "torch.optim.Adamax.", {
    learning_rate: learningRate(2e-3),
    beta1,
    beta2: beta2.describe("Decay of the running maximum of its size."),
    epsilon: epsilon(1e-8),
  }),
  optimizer("adamw", "torch.optim.AdamW: Adam with weight decay apart from the gradient.", {
    learning_rate: learningRate(1e-3),
    beta1,
    beta2,
    epsilon: epsilon(1e-8),
    weight_decay: atLeast(0).default(1e-2).describe("Share of a weight taken away, times the learning rate."),
  }),
] as const;

export const optimizerSchema = variants("name", optimizers).describe(
  "How weights change. `optimizer: adam` is short for `optimizer: {name: adam}`.",
);

/** An optimizer with all its numbers. */
export type OptimizerConfig = ReadonlyDeep<z.output<typeof optimizerSchema>>;
export type OptimizerName = OptimizerConfig["name"];

/** The numbers of one of them. */
export type NumbersOf<Name extends OptimizerName> = Extract<OptimizerConfig, { readonly name: Name }>;
