// Optimizers as pure functions over one parameter tensor at a time, with PyTorch's definitions.
// What depends on the step count alone is computed here in double precision and handed in as `hyper` scalars:
// 1 - 0.999^t in float32 would be wrong in the fourth digit at the first step.

import {
  abs,
  add,
  div,
  maximum,
  mul,
  type Scalar,
  sqrt,
  square,
  sub,
  type Tensor,
} from "@tensorflow/tfjs-core";
import { type CompositeAttributes, composite } from "../../composites.ts";
import type { NumbersOf, OptimizerConfig, OptimizerName } from "./optimizers.ts";

type Update = { readonly parameter: Tensor; readonly slots: readonly Tensor[] };

/** How one optimizer changes one parameter tensor. */
export type Rule = {
  /** Names of the moments that the optimizer keeps beside every parameter. */
  readonly slots: readonly string[];
  /** What the moments start from. */
  readonly initial: number;
  /** Scalars for step t = 1, 2, … */
  hyper(t: number, learningRate: number): Readonly<Record<string, number>>;
  update(
    parameter: Tensor,
    gradient: Tensor,
    slots: readonly Tensor[],
    hyper: Readonly<Record<string, Scalar>>,
  ): Update;
};

const rate = (_t: number, learningRate: number) => ({ learningRate });

/** average * decay + value * (1 - decay). */
function movingAverage(average: Tensor, value: Tensor, decay: number): Tensor {
  return add(average, mul(sub(value, average), 1 - decay));
}

function sgd(): Rule {
  return {
    slots: [],
    initial: 0,
    hyper: rate,
    update: (parameter, gradient, _slots, { learningRate }) => ({
      parameter: sub(parameter, mul(gradient, learningRate!)),
      slots: [],
    }),
  };
}

/** v = momentum v + g; p -= lr v. */
function momentum({ momentum }: NumbersOf<"momentum">): Rule {
  return {
    slots: ["velocity"],
    initial: 0,
    hyper: rate,
    update: (parameter, gradient, [velocity], { learningRate }) => {
      const next = add(mul(velocity!, momentum), gradient);
      return { parameter: sub(parameter, mul(next, learningRate!)), slots: [next] };
    },
  };
}

/** Tieleman, Hinton 2012: p -= lr g / (sqrt(mean of g^2) + epsilon). */
function rmsprop({ decay, epsilon }: NumbersOf<"rmsprop">): Rule {
  return {
    slots: ["square"],
    initial: 0,
    hyper: rate,
    update: (parameter, gradient, [average], { learningRate }) => {
      const next = movingAverage(average!, square(gradient), decay);
      const change = div(gradient, add(sqrt(next), epsilon));
      return { parameter: sub(parameter, mul(change, learningRate!)), slots: [next] };
    },
  };
}

/** Duchi, Hazan, Singer 2011. */
function adagrad({ epsilon, initial_accumulator: initial }: NumbersOf<"adagrad">): Rule {
  return {
    slots: ["sum"],
    initial,
    hyper: rate,
    update: (parameter, gradient, [sum], { learningRate }) => {
      const next = add(sum!, square(gradient));
      const change = div(gradient, add(sqrt(next), epsilon));
      return { parameter: sub(parameter, mul(change, learningRate!)), slots: [next] };
    },
  };
}

/** Zeiler 2012. */
function adadelta({ decay, epsilon }: NumbersOf<"adadelta">): Rule {
  return {
    slots: ["square", "change"],
    initial: 0,
    hyper: rate,
    update: (parameter, gradient, [squares, changes], { learningRate }) => {
      const nextSquares = movingAverage(squares!, square(gradient), decay);
      const ratio = div(sqrt(add(changes!, epsilon)), sqrt(add(nextSquares, epsilon)));
      const change = mul(ratio, gradient);
      const nextChanges = movingAverage(changes!, square(change), decay);
      return {
        parameter: sub(parameter, mul(change, learningRate!)),
        slots: [nextSquares, nextChanges],
      };
    },
  };
}

/**
 * Kingma, Ba 2015, algorithm 1, with PyTorch's place of epsilon. What depends on the step alone is in `stepSize` and
 * `epsilon`; `learningRate` and `step` are for engines that have an Adam of their own.
 */
function adam({ beta1, beta2, epsilon }: Omit<NumbersOf<"adam">, "name">): Rule {
  return {
    slots: ["mean", "square_mean"],
    initial: 0,
    hyper: (t, learningRate) => {
      const rootScale = Math.sqrt(1 - beta2 ** t);
      return {
        stepSize: (learningRate * rootScale) / (1 - beta1 ** t),
        epsilon: epsilon * rootScale,
        learningRate,
        step: t,
      };
    },
    update: (parameter, gradient, [average, squares], { stepSize, epsilon }) => {
      const nextAverage = add(mul(average!, beta1), mul(gradient, 1 - beta1));
      const nextSquares = add(mul(squares!, beta2), mul(square(gradient), 1 - beta2));
      const change = div(nextAverage, add(sqrt(nextSquares), epsilon!));
      return { parameter: sub(parameter, mul(change, stepSize!)), slots: [nextAverage, nextSquares] };
    },
  };
}

/** Kingma, Ba 2015, algorithm 2. */
function adamax({ beta1, beta2, epsilon }: NumbersOf<"adamax">): Rule {
  return {
    slots: ["mean", "norm"],
    initial: 0,
    hyper: (t, learningRate) => ({ stepSize: learningRate / (1 - beta1 ** t) }),
    update: (parameter, gradient, [mean, norm], { stepSize }) => {
      const nextMean = movingAverage(mean!, gradient, beta1);
      const nextNorm = maximum(mul(norm!, beta2), add(abs(gradient), epsilon));
      return {
        parameter: sub(parameter, mul(div(nextMean, nextNorm), stepSize!)),
        slots: [nextMean, nextNorm],
      };
    },
  };
}

/** Loshchilov, Hutter 2019: Adam with weight decay apart from the gradient. */
function adamw(config: NumbersOf<"adamw">): Rule {
  const { weight_decay: weightDecay } = config;
  const inner = adam(config);
  return {
    ...inner,
    hyper: (t, learningRate) => ({
      ...inner.hyper(t, learningRate),
      shrink: 1 - learningRate * weightDecay,
    }),
    update: (parameter, gradient, slots, hyper) =>
      inner.update(mul(parameter, hyper.shrink!), gradient, slots, hyper),
  };
}

const rules = { sgd, momentum, rmsprop, adagrad, adadelta, adam, adamax, adamw } satisfies {
  readonly [Name in OptimizerName]: (config: NumbersOf<Name>) => Rule;
};

function plainRule(config: OptimizerConfig): Rule {
  // Each takes the numbers of its own name, which the lookup by name guarantees.
  return (rules[config.name] as (config: OptimizerConfig) => Rule)(config);
}

/**
 * For each optimizer its update as one kernel: parameter, gradient, slots and scalars, in the order of the rule, to the
 * new parameter and slots. Attributes are the optimizer's numbers under their names in YAML.
 */
const updates = Object.fromEntries(
  (Object.keys(rules) as OptimizerName[]).map((name) => [
    name,
    composite<CompositeAttributes>(`Update/${name}`, ([parameter, gradient, ...rest], attributes) => {
      const rule = plainRule({ name, ...attributes } as OptimizerConfig);
      const scalars = Object.keys(rule.hyper(1, 1)).map(
        (scalar, index) => [scalar, rest[rule.slots.length + index]!] as const,
      );
      const slots = rest.slice(0, rule.slots.length);
      const next = rule.update(parameter!, gradient!, slots, Object.fromEntries(scalars) as never);
      return [next.parameter, ...next.slots];
    }),
  ]),
);

export function ruleOf(config: OptimizerConfig): Rule {
  const rule = plainRule(config);
  const { name, learning_rate: _, ...attributes } = config;
  return {
    ...rule,
    update: (parameter, gradient, slots, hyper) => {
      const scalars = Object.keys(rule.hyper(1, 1)).map((scalar) => hyper[scalar]!);
      const [next, ...rest] = updates[name]!([parameter, gradient, ...slots, ...scalars], attributes);
      return { parameter: next!, slots: rest };
    },
  };
}
