// What the discriminator and the generator are trained towards. `x` are logits; each loss is a mean over all patches.

import {
  add,
  clipByValue,
  mean,
  mul,
  neg,
  relu,
  type Scalar,
  sigmoid,
  softplus,
  square,
  sub,
  type Tensor,
} from "@tensorflow/tfjs-core";

export type GanLossName = "vanilla" | "lsgan" | "hinge";

export type GanLoss = {
  /** For the discriminator: pictures that are real, and that are not. */
  real(x: Tensor): Scalar;
  fake(x: Tensor): Scalar;
  /** For the generator, whose pictures should look real. */
  convincing(x: Tensor): Scalar;
  /** How sure the discriminator is of every patch being real: 0 and 1 where it has nothing left to learn, 0.5 between. */
  probability(x: Tensor): Tensor;
};

/** Goodfellow et al. 2014, binary cross-entropy on logits; the generator's in its non-saturating form. */
const vanilla: GanLoss = {
  real: (x) => mean(softplus(neg(x))),
  fake: (x) => mean(softplus(x)),
  convincing: (x) => mean(softplus(neg(x))),
  probability: (x) => sigmoid(x),
};

/** Mao et al. 2017: the squared distance to 1 and to 0. */
const lsgan: GanLoss = {
  real: (x) => mean(square(sub(x, 1))),
  fake: (x) => mean(square(x)),
  convincing: (x) => mean(square(sub(x, 1))),
  probability: (x) => clipByValue(x, 0, 1),
};

/** Lim, Ye 2017, as SAGAN uses it. */
const hinge: GanLoss = {
  real: (x) => mean(relu(sub(1, x))),
  fake: (x) => mean(relu(add(x, 1))),
  convincing: (x) => mul(mean(x), -1),
  probability: (x) => clipByValue(mul(add(x, 1), 0.5), 0, 1),
};

export const ganLosses = { vanilla, lsgan, hinge } satisfies Record<GanLossName, GanLoss>;
