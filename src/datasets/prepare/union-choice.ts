// How many images of each part of a union are taken, and which are seen. The total is `limit`, or the largest one
// whose shares all parts can give; the shares are apportioned to the weights, exact to one image. With official
// sides each side is a total of its own. What cannot be read counts as not there.

import { UserError } from "../../errors.ts";
import { randomStream, shuffled } from "../../random.ts";
import type { Item, Side } from "../dataset.ts";
import { count } from "../kinds/image-files.ts";
import { singleKindOf } from "../kinds/single-kinds.ts";
import { partConfig, partKey, partNames, type UnionConfig } from "../kinds/union.ts";
import { apportion, largestTotal } from "./apportion.ts";
import { type Candidate, chooseSides, type SideRule, type Sides } from "./sides.ts";

type Pool = {
  readonly side: Side | null;
  readonly chosen: readonly Item[];
  readonly spare: readonly Item[];
};

/** The images to decode of every part and side, and those that stand in for unreadable ones. */
export function unionPools(items: readonly Item[], config: UnionConfig): Pool[] {
  return sharesOf(items, (item) => item, config).map(({ side, own, taken, order }) => ({
    side,
    chosen: Array.from(order.slice(0, taken).sort(), (place) => own[place]!),
    spare: Array.from(order.subarray(taken), (place) => own[place]!),
  }));
}

type UnionImage = Candidate & { readonly id: string };

/** The sides of images that could be read, `items` being all that were listed. Throws UserError when one has too few. */
export function unionSides(
  images: readonly UnionImage[],
  items: readonly Item[],
  config: UnionConfig,
  { key }: Pick<SideRule, "key">,
): Sides {
  const partOf = new Map(items.map(({ id, part }) => [id, part!]));
  const placed = images.map((image, index) => ({ ...image, index, part: partOf.get(image.id)! }));
  const kept: (typeof placed)[] = config.parts.map(() => []);
  for (const { part, own, taken, order } of sharesOf(placed, (image) => image, config)) {
    for (const place of order.slice(0, taken).sort()) kept[part]!.push(own[place]!);
  }
  const notes: string[] = [];
  const seen: number[][] = [];
  const unseen: number[][] = [];
  for (const [part, name] of partNames(config).entries()) {
    const own = kept[part]!;
    const single = partConfig(config, part);
    const rule = { seed: config.seed, holdout: config.holdout, key };
    const sides = chooseSides(own, rule, singleKindOf(single).lookedFor(single, partKey(key, part)));
    seen.push(Array.from(sides.seen, (place) => own[place]!.index));
    unseen.push(Array.from(sides.unseen, (place) => own[place]!.index));
    const listed = items.filter((item) => item.part === part).length;
    notes.push(`${name}: ${own.length} of ${count(listed, "image")} taken`);
    notes.push(...sides.notes.map((note) => `${name}: ${note}`));
  }
  // Sides are fair within a part; the same file in two parts must not be on both sides all the same.
  const hidden = new Set(unseen.flat().map((index) => images[index]!.hash));
  const clean = seen.map((own) => own.filter((index) => !hidden.has(images[index]!.hash)));
  const dropped = seen.flat().length - clean.flat().length;
  if (dropped > 0) {
    notes.push(`${count(dropped, "image")} to train on left out, as the same file is unseen in another part`);
  }
  if (clean.flat().length === 0) {
    throw new UserError(`${key}: expected at least 1 seen image, got none (${notes.join("; ")})`);
  }
  return { seen: interleaved(clean), unseen: interleaved(unseen), notes };
}

type Share<Image> = {
  readonly side: Side | null;
  readonly part: number;
  readonly own: readonly Image[];
  /** How many of `own` the weights allow, the first ones of `order`. */
  readonly taken: number;
  readonly order: Uint32Array;
};

function sharesOf<Image>(
  images: readonly Image[],
  read: (image: Image) => { readonly side: Side | null; readonly part?: number },
  { parts, limit, seed }: UnionConfig,
): Share<Image>[] {
  const weights = parts.map(({ weight }) => weight);
  return ([null, "seen", "unseen"] as const).flatMap((side) => {
    const ofParts = parts.map((_, part) =>
      images.filter((image) => read(image).side === side && read(image).part === part),
    );
    if (ofParts.every((own) => own.length === 0)) return [];
    const most = largestTotal(
      ofParts.map((own) => own.length),
      weights,
    );
    const counts = apportion(Math.min(most, limit ?? most), weights);
    return ofParts.map((own, part) => ({
      side,
      part,
      own,
      taken: counts[part]!,
      order: shuffled(own.length, randomStream("limit", seed, side ?? "all", part)),
    }));
  });
}

/** The parts mixed evenly, each in its own order, so that the first few of all are in proportion too. */
function interleaved(parts: readonly (readonly number[])[]): Uint32Array {
  const placed = parts.flatMap((own, part) =>
    own.map((index, place) => ({ index, part, at: (place + 0.5) / own.length })),
  );
  placed.sort((a, b) => a.at - b.at || a.part - b.part);
  return Uint32Array.from(placed, ({ index }) => index);
}
