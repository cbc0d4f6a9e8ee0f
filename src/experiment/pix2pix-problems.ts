// Settings of pix2pix that fit neither each other nor the image size, found by arithmetic before anything is loaded.

import {
  channelsAt,
  depthFor,
  generatorSides,
  leastDepth,
  patchMaps,
  scaledSide,
  usualPadding,
} from "../models/pix2pix/shapes.ts";
import type { Combination, ValidSections } from "./combinations.ts";
import type { Written } from "./schema.ts";

type Pix2Pix = Extract<Written["model"], { kind: "pix2pix" }>;

export function pix2pixProblems({ model, image, train }: ValidSections): Combination[] {
  if (model?.kind !== "pix2pix" || !image || image.size % 2 ** leastDepth !== 0) return [];
  const { size } = image;
  return [
    ...depthProblems(model, size),
    ...patchProblems(model, size, train.batch_size ?? Number.POSITIVE_INFINITY),
    ...attentionProblems(model, size),
  ];
}

function depthProblems({ depth }: Pix2Pix, size: number): Combination[] {
  if (depth === null || size % 2 ** depth === 0) return [];
  const text = `expected at most ${depthFor(size)} halvings for images of ${size}x${size}, got ${depth}`;
  return [{ path: ["model", "depth"], text }];
}

function mapsOf({ discriminator }: Pix2Pix, size: number, scale: number) {
  const { n_layers, scales, padding } = discriminator;
  return patchMaps(scaledSide(size, scale), n_layers, padding ?? usualPadding(scales));
}

function patchProblems(model: Pix2Pix, size: number, batch: number): Combination[] {
  const { scales } = model.discriminator;
  for (let scale = 1; scale <= scales; scale++) {
    const maps = mapsOf(model, size, scale);
    const picture =
      scales === 1
        ? `${size}x${size}`
        : `${scaledSide(size, scale)}x${scaledSide(size, scale)} (scale ${scale})`;
    if (maps.some(({ side }) => side < 1)) {
      const text = `expected fewer layers for pictures of ${picture}, of which nothing would be left, got ${model.discriminator.n_layers}`;
      return [{ path: ["model", "discriminator", "n_layers"], text }];
    }
    const normalized = maps.slice(1, -1).some(({ side }) => side === 1);
    if (normalized && (model.norm === "instance" || (model.norm === "batch" && batch === 1))) {
      const text = `expected fewer layers: a map of 1x1, which the discriminator has for pictures of ${picture}, leaves nothing to normalize`;
      return [{ path: ["model", "discriminator", "n_layers"], text }];
    }
  }
  return [];
}

function attentionProblems(model: Pix2Pix, size: number): Combination[] {
  const { attention } = model;
  if (attention === null) return [];
  const problems: Combination[] = [];
  for (const network of new Set(attention.in)) {
    const sides =
      network === "generator"
        ? generatorSides(size, model.depth ?? depthFor(size))
        : discriminatorSides(model, size);
    if (!sides.includes(attention.at)) {
      const known =
        sides.length === 0 ? "no map that all scales share" : `one of its maps, ${sides.join(", ")}`;
      const text = `expected for the ${network} at ${size}x${size} ${known}, got ${attention.at}`;
      problems.push({ path: ["model", "attention", "at"], text });
    }
  }
  const { width, discriminator } = model;
  const halvings = (side: number) => Math.log2(side / attention.at);
  const channels = [...new Set(attention.in)].flatMap((network) =>
    network === "generator"
      ? [channelsAt(width, halvings(size))]
      : Array.from({ length: discriminator.scales }, (_, index) =>
          channelsAt(discriminator.width ?? width, halvings(scaledSide(size, index + 1))),
        ),
  );
  const odd = channels.find((count) => count % 8 !== 0);
  if (problems.length === 0 && odd !== undefined) {
    const text = `expected a width that gives the attention a multiple of 8 channels, got ${width}, which gives ${odd}`;
    problems.push({ path: ["model", "width"], text });
  }
  return problems;
}

/** Those that the discriminators of all scales have. */
function discriminatorSides(model: Pix2Pix, size: number): number[] {
  const { scales } = model.discriminator;
  const pooled = model.attention?.form === "pooled";
  const perScale = Array.from({ length: scales }, (_, index) =>
    mapsOf(model, size, index + 1).flatMap(({ nominal, side }) =>
      nominal !== null && side > 1 && !(pooled && side % 2 === 1) ? [nominal] : [],
    ),
  );
  return perScale.reduce((common, sides) => common.filter((side) => sides.includes(side)));
}
