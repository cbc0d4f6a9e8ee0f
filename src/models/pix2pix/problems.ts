// Settings of pix2pix that fit neither each other nor the image size, found by arithmetic before anything is loaded.

import type { Combination } from "../../settings/combination.ts";
import type { Surroundings } from "../model.ts";
import type { Pix2PixSettings } from "./options.ts";
import {
  channelsAt,
  depthFor,
  generatorSides,
  leastDepth,
  patchMaps,
  scaledSide,
  usualPadding,
} from "./shapes.ts";

export function pix2pixProblems(model: Pix2PixSettings, { imageSize: size }: Surroundings): Combination[] {
  if (size === undefined || size % 2 ** leastDepth !== 0) return [];
  return [...depthProblems(model, size), ...patchProblems(model, size), ...attentionProblems(model, size)];
}

function depthProblems({ depth }: Pix2PixSettings, size: number): Combination[] {
  if (depth === null || size % 2 ** depth === 0) return [];
  const text = `expected at most ${depthFor(size)} halvings for images of ${size}x${size}, got ${depth}`;
  return [{ path: ["model", "depth"], text }];
}

function mapsOf({ discriminator }: Pix2PixSettings, size: number, scale: number) {
  const { n_layers, scales, padding } = discriminator;
  return patchMaps(scaledSide(size, scale), n_layers, padding ?? usualPadding(scales));
}

/** Maps that are left have at least 2x2 places, so that norms always have something to normalize. */
function patchProblems(model: Pix2PixSettings, size: number): Combination[] {
  const { scales, n_layers } = model.discriminator;
  for (let scale = 1; scale <= scales; scale++) {
    if (mapsOf(model, size, scale).every(({ side }) => side >= 1)) continue;
    const side = scaledSide(size, scale);
    const picture = `${side}x${side}${scales === 1 ? "" : ` (scale ${scale})`}`;
    const text = `expected fewer layers for pictures of ${picture}, of which nothing would be left, got ${n_layers}`;
    return [{ path: ["model", "discriminator", "n_layers"], text }];
  }
  return [];
}

function attentionProblems(model: Pix2PixSettings, size: number): Combination[] {
  const { attention } = model;
  if (attention === null) return [];
  return [...new Set(attention.in)].flatMap((network) => {
    const sides =
      network === "generator" ? generatorSides(size, depthOf(model, size)) : discriminatorSides(model, size);
    if (sides.includes(attention.at)) return channelProblems(model, network, size, attention.at);
    const map = attention.form === "pooled" ? "map of even sides" : "map";
    const shared = model.discriminator.scales > 1 ? " that all its scales share" : "";
    const text =
      sides.length === 0
        ? `expected no attention in the ${network} at ${size}x${size}, which has no ${map}${shared}, got ${attention.at}`
        : `expected for the ${network} at ${size}x${size} one of its maps, ${sides.join(", ")}, got ${attention.at}`;
    return [{ path: ["model", "attention", "at"], text }];
  });
}

/** One that is refused counts as the usual one. */
function depthOf({ depth }: Pix2PixSettings, size: number): number {
  return depth !== null && size % 2 ** depth === 0 ? depth : depthFor(size);
}

function channelProblems(
  model: Pix2PixSettings,
  network: "generator" | "discriminator",
  size: number,
  at: number,
): Combination[] {
  const { scales, width: own } = model.discriminator;
  const isOwn = network === "discriminator" && own !== null;
  const width = isOwn ? own : model.width;
  const pictures =
    network === "generator"
      ? [size]
      : Array.from({ length: scales }, (_, index) => scaledSide(size, index + 1));
  const odd = pictures
    .map((side) => channelsAt(width, Math.log2(side / at)))
    .find((channels) => channels % 8 !== 0);
  if (odd === undefined) return [];
  const text = `expected a width that gives the attention a multiple of 8 channels, got ${width}, which gives ${odd}`;
  return [{ path: ["model", ...(isOwn ? ["discriminator"] : []), "width"], text }];
}

/** Those that the discriminators of all scales have; sides are whole pixels. */
function discriminatorSides(model: Pix2PixSettings, size: number): number[] {
  const { scales } = model.discriminator;
  const pooled = model.attention?.form === "pooled";
  const perScale = Array.from({ length: scales }, (_, index) =>
    mapsOf(model, size, index + 1).flatMap(({ nominal, side }) =>
      nominal !== null && nominal >= 2 && Number.isInteger(nominal) && !(pooled && side % 2 === 1)
        ? [nominal]
        : [],
    ),
  );
  return perScale.reduce((common, sides) => common.filter((side) => sides.includes(side)));
}
