// Photographs without color teach a network to leave grey what is not, and no loss on them says anything: they are
// dropped from both sides unless asked for, as if they had not been there.

import type { CachedImage } from "../cache/cache.ts";
import type { Side, SkippedFile } from "../dataset.ts";
import { isGreyscale } from "../inspect/is-greyscale.ts";
import { count } from "../kinds/image-files.ts";
import { quoted } from "../quoted.ts";

export type Usable = {
  /** Indices of the images that are used. */
  readonly indices: Uint32Array;
  readonly skipped: readonly SkippedFile[];
  readonly notes: readonly string[];
};

/** `limits` is how many of a side are wanted, where not all; those behind them stand in for dropped ones. */
export function chooseUsable(
  images: readonly Pick<CachedImage, "id" | "side" | "colorfulness">[],
  limits: ReadonlyMap<Side | null, number>,
  greyscale: "drop" | "keep",
): Usable {
  const indices: number[] = [];
  const skipped: SkippedFile[] = [];
  const taken = new Map<Side | null, number>();
  for (const [index, { id, side, colorfulness }] of images.entries()) {
    if (greyscale === "drop" && isGreyscale(colorfulness)) {
      skipped.push({ path: id, reason: "greyscale" });
      continue;
    }
    const before = taken.get(side) ?? 0;
    if (before >= (limits.get(side) ?? Infinity)) continue;
    taken.set(side, before + 1);
    indices.push(index);
  }
  return { indices: Uint32Array.from(indices), skipped, notes: noteOn(skipped) };
}

function noteOn(skipped: readonly SkippedFile[]): string[] {
  const first = skipped[0];
  if (first === undefined) return [];
  const example = skipped.length > 1 ? `such as ${quoted(first.path)}` : quoted(first.path);
  return [`${count(skipped.length, "greyscale photograph")} left out, ${example}`];
}
