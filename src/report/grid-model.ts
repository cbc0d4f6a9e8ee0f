// The study's grid: real colours, black and white, then one row per sampling epoch; seen and unseen apart.

import type { ImageRow, ImageSet } from "../store/rows.ts";

export type GridRow = {
  readonly label: string;
  /** Hash of the picture of each column; null where there is none. */
  readonly hashes: readonly (string | null)[];
};

export type GridSide = {
  readonly set: ImageSet;
  /** One per column. */
  readonly imageIds: readonly string[];
  readonly rows: readonly GridRow[];
};

/** The sides that have images; both have the same rows. */
export function gridSides(images: readonly ImageRow[]): GridSide[] {
  const epochs = [...new Set(images.filter(({ kind }) => kind === "colorized").map(({ epoch }) => epoch))];
  epochs.sort((a, b) => a - b);
  return (["seen", "unseen"] as const).flatMap((set) => {
    const ofSet = images.filter((image) => image.set === set);
    const columns = [...new Map(ofSet.map(({ index, imageId }) => [index, imageId]))].sort(
      ([a], [b]) => a - b,
    );
    if (columns.length === 0) return [];
    const found = new Map(ofSet.map((image) => [key(image.kind, image.epoch, image.index), image.blobHash]));
    const row = (label: string, kind: ImageRow["kind"], epoch: number): GridRow => ({
      label,
      hashes: columns.map(([index]) => found.get(key(kind, epoch, index)) ?? null),
    });
    const rows = [
      row("Real colours", "real", 0),
      row("Black and white", "grey", 0),
      ...epochs.map((epoch) => row(`Epoch ${epoch}`, "colorized", epoch)),
    ];
    return [{ set, imageIds: columns.map(([, imageId]) => imageId), rows }];
  });
}

function key(kind: ImageRow["kind"], epoch: number, index: number): string {
  return `${kind} ${kind === "colorized" ? epoch : 0} ${index}`;
}
