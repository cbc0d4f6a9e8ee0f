// What is to be said about the files of a prepared data set, by what they have in common: those left out first.

import type { CachedImage } from "../cache/cache.ts";
import type { SkippedFile } from "../dataset.ts";
import type { PreparedDataset } from "../prepare/prepare.ts";
import { quoted } from "../quoted.ts";

export type Finding = {
  /** A few words, such as "greyscale". */
  readonly finding: string;
  /** Whether these files are left out. */
  readonly skipped: boolean;
  readonly files: readonly { readonly path: string; readonly detail: string | null }[];
};

type Files = Finding["files"][number][];
type Prepared = Pick<PreparedDataset, "images" | "nearDuplicates" | "seen" | "size" | "skipped" | "unseen">;

/** The files that cannot be used, by reason, most frequent first. */
export function leftOut(skipped: readonly SkippedFile[]): Finding[] {
  const reasons = new Map<string, Files>();
  for (const { path, reason } of skipped) {
    const kind = kindOf(reason);
    const file = { path, detail: kind === reason ? null : reason };
    const files = reasons.get(kind);
    if (files === undefined) reasons.set(kind, [file]);
    else files.push(file);
  }
  const found = Array.from(reasons, ([finding, files]) => ({ finding, skipped: true, files }));
  return found.sort((a, b) => b.files.length - a.files.length);
}

export function findingsOf({ images, nearDuplicates, seen, size, skipped, unseen }: Prepared): Finding[] {
  const used = [...seen, ...unseen].sort((a, b) => a - b).map((index) => images[index]!);
  const near = nearDuplicates.map((pair) => ({
    path: images[pair.unseen]!.id,
    detail: `as ${quoted(images[pair.seen]!.id)}`,
  }));
  const kept: Record<string, Files> = {
    "identical to another file": copiesIn(images),
    "unseen and nearly the same as one trained on": near,
    [`smaller than ${size}x${size}, enlarged`]: used
      .filter(({ width, height }) => Math.min(width, height) < size)
      .map(({ id, width, height }) => ({ path: id, detail: `${width}x${height}` })),
    "in another color space, converted to sRGB": used
      .filter(({ profile }) => profile !== null)
      .map(({ id, profile }) => ({ path: id, detail: profile })),
    "whose colors nobody can tell for certain, read as usual": used
      .filter(({ untold }) => untold !== null)
      .map(({ id, untold }) => ({ path: id, detail: untold })),
  };
  const others = Object.entries(kept).filter(([, files]) => files.length > 0);
  return [...leftOut(skipped), ...others.map(([finding, files]) => ({ finding, skipped: false, files }))];
}

/** Reasons that name a number or what the decoder says are one kind each. */
function kindOf(reason: string): string {
  if (/^\d+x\d+ is too narrow/.test(reason)) return "too narrow for a square";
  return reason.startsWith("damaged: ") ? "damaged" : reason;
}

function copiesIn(images: readonly CachedImage[]): Files {
  const first = new Map<string, string>();
  const files: Files = [];
  for (const { id, hash } of images) {
    const original = first.get(hash);
    if (original === undefined) first.set(hash, id);
    else files.push({ path: id, detail: `as ${quoted(original)}` });
  }
  return files;
}
