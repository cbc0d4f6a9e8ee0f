// Which images are trained on (seen) and which are kept back (unseen): fixed by the seed, disjoint by
// construction, and identical files never on both sides.

import { UserError } from "../../errors.ts";
import { randomStream, shuffled } from "../../random.ts";
import type { Side, SkippedFile } from "../dataset.ts";
import { count } from "../kinds/image-files.ts";
import { defaultHoldout, heldOut } from "../shared-options.ts";

/** An image as far as choosing goes: where an official split puts it, and the hash of its file. */
export type Candidate = { readonly side: Side | null; readonly hash: string };

export type SideRule = {
  readonly seed: number;
  /** Share of the images held out; null is the usual one, and where an official split does it nothing. */
  readonly holdout: number | null;
  /** What messages call the data set. */
  readonly key: string;
};

export type Sides = {
  /** Indices of the images, in seeded order: the first few are a fair sample. */
  readonly seen: Uint32Array;
  readonly unseen: Uint32Array;
  readonly notes: readonly string[];
};

/** A side would have no image. */
export class TooFewImages extends UserError {
  readonly got: SideCounts;
  /** What was looked for, and what became of it. */
  readonly lookedFor: string;
  /** Filled in by who knows. */
  skipped: readonly SkippedFile[] = [];

  constructor(key: string, got: SideCounts, lookedFor: string) {
    const expected = "at least 1 seen and 1 unseen images";
    super(`${key}: expected ${expected}, got ${got.seen} and ${got.unseen}; looked for ${lookedFor}`);
    this.got = got;
    this.lookedFor = lookedFor;
  }
}

type SideCounts = { readonly seen: number; readonly unseen: number };

/** Throws TooFewImages when a side has none. */
export function chooseSides(images: readonly Candidate[], rule: SideRule, lookedFor: string): Sides {
  const order = shuffled(images.length, randomStream("sides", rule.seed));
  const isSplit = images.some(({ side }) => side !== null);
  const sides = isSplit
    ? officialSides(images, order)
    : heldOutSides(images, order, rule.holdout ?? defaultHoldout);
  if (sides.seen.length === 0 || sides.unseen.length === 0) {
    const got = { seen: sides.seen.length, unseen: sides.unseen.length };
    const why = sides.notes.length > 0 ? ` (${sides.notes.join("; ")})` : "";
    throw new TooFewImages(rule.key, got, `${lookedFor}${why}`);
  }
  return sides;
}

function officialSides(images: readonly Candidate[], order: Uint32Array): Sides {
  const unseenHashes = new Set<string>();
  for (const { side, hash } of images) if (side === "unseen") unseenHashes.add(hash);
  const isSeen = (index: number) => images[index]!.side === "seen";
  const seen = order.filter((index) => isSeen(index) && !unseenHashes.has(images[index]!.hash));
  const unseen = order.filter((index) => !isSeen(index));
  const dropped = images.length - seen.length - unseen.length;
  const notes =
    dropped > 0
      ? [`${count(dropped, "image")} to train on left out, as the same file is among the unseen ones`]
      : [];
  return { seen, unseen, notes };
}

function heldOutSides(images: readonly Candidate[], order: Uint32Array, holdout: number): Sides {
  const groups = new Map<string, number[]>();
  for (const index of order) {
    const { hash } = images[index]!;
    const group = groups.get(hash);
    if (group === undefined) groups.set(hash, [index]);
    else group.push(index);
  }
  const target = heldOut(images.length, holdout);
  const unseen: number[] = [];
  const kept: number[][] = [];
  for (const group of groups.values()) {
    if (unseen.length + group.length <= target) unseen.push(...group);
    else kept.push(group);
  }
  // Where every group of copies is larger than that, the smallest one goes all the same.
  kept.sort((a, b) => a.length - b.length);
  if (unseen.length === 0 && kept.length > 0) unseen.push(...kept.shift()!);

  const isUnseen = new Set(unseen);
  const seen = order.filter((index) => !isUnseen.has(index));
  const copies = images.length - groups.size;
  const notes = copies > 0 ? [`${count(copies, "image")} a copy of another one, kept on the same side`] : [];
  return { seen, unseen: Uint32Array.from(unseen), notes };
}
