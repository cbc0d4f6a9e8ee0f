// What each model logs while it is trained, in the order of its losses, and what its losses measure. (On their way into
// the models' own declarations.)

import type { ModelConfig } from "../experiment/experiment.ts";
import { type SeriesKind, seriesKind } from "../runs/series.ts";

export type ModelSeries = {
  /** What two losses must have in common to compare. */
  readonly loss: string;
  /** Of every step. */
  readonly training: readonly SeriesKind[];
  /** Whether a second optimizer has a learning rate of its own. */
  readonly discriminator: boolean;
};

type ModelSeriesOf = {
  readonly [Kind in ModelConfig["kind"]]: (model: Extract<ModelConfig, { kind: Kind }>) => ModelSeries;
};

const losses = { family: "loss", better: "lower", per: "step" } as const;

function oneLoss(loss: string): ModelSeries {
  const description = `${loss} of a batch`;
  const training = seriesKind({ ...losses, name: "loss", chart: "Loss", compares: loss, description });
  return { loss, training: [training], discriminator: false };
}

const seriesOf: ModelSeriesOf = {
  alpha: () => oneLoss("squared error"),
  beta: () => oneLoss("squared error"),
  gamma: () => oneLoss("squared error"),
  classifier: () => oneLoss("label cross-entropy"),
  pix2pix({ color, gan_loss: gan, discriminator }) {
    const l1 = `pix2pix L1, ${color}`;
    const compares = `pix2pix GAN, ${gan}`;
    const ofG = { ...losses, chart: "Losses of the generator" };
    const ofD = { ...losses, chart: "Losses of the discriminator", compares };
    const health = { family: "health", better: "none", per: "step" } as const;
    const scores = {
      ...health,
      chart: "Scores (0.5 is a fair game)",
      reference: 0.5,
      range: [0, 1],
    } as const;
    const norms = { ...health, chart: "Gradient norms" };
    const matching = seriesKind({
      ...ofG,
      name: "G_FM",
      compares: "pix2pix feature matching",
      description: "distance of what the discriminator sees in both pictures",
    });
    const training = [
      seriesKind({ ...ofG, name: "G_L1", compares: l1, description: "mean distance to the real picture" }),
      seriesKind({
        ...ofG,
        name: "G_GAN",
        compares,
        description: "how little the discriminator is convinced",
      }),
      ...(discriminator.feature_matching > 0 ? [matching] : []),
      seriesKind({ ...ofD, name: "D_real", description: "of real pictures" }),
      seriesKind({ ...ofD, name: "D_fake", description: "of made pictures" }),
      seriesKind({ ...scores, name: "G_score", description: "how often the generator convinces" }),
      seriesKind({ ...scores, name: "D_score", description: "how often the discriminator is right" }),
      seriesKind({ ...norms, name: "G_gradient_norm", description: "of all of the generator's weights" }),
      seriesKind({ ...norms, name: "D_gradient_norm", description: "of all of the discriminator's weights" }),
    ];
    return { loss: l1, training, discriminator: true };
  },
};

export function modelSeries(model: ModelConfig): ModelSeries {
  // Each entry takes the config of its own kind, which the lookup by kind guarantees.
  return (seriesOf[model.kind] as (model: ModelConfig) => ModelSeries)(model);
}
