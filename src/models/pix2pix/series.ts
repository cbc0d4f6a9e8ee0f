// What every step of pix2pix logs; docs/networks.md says how to read it.

import { type SeriesKind, seriesKind } from "../../runs/series.ts";
import type { Pix2PixSettings } from "./options.ts";

const losses = { family: "loss", better: "lower", per: "step" } as const;

/** What seen and unseen losses are: the generator's mean L1 distance from the real picture, in the space that it learns. */
export function l1Kind({ color }: Pick<Pix2PixSettings, "color">): string {
  return `pix2pix L1, ${color}`;
}

export function pix2pixSeries({ color, gan_loss: gan, discriminator }: Pix2PixSettings): SeriesKind[] {
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
  return [
    seriesKind({
      ...ofG,
      name: "G_L1",
      compares: l1Kind({ color }),
      description: "mean distance to the real picture",
    }),
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
}
