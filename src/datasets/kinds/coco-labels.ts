// COCO's categories as labels: an image has one when at least one annotation of it that counts shows it.
// An image with a row and no such annotation shows none of them. Names count, not ids: two files may number differently.

import { UserError } from "../../errors.ts";
import type { Labels } from "../dataset.ts";
import type { CocoAnnotations, CocoRows } from "./coco-annotations.ts";
import { compareCodeUnits } from "./image-files.ts";

/** The labels of the images at `paths`, each with a row; `file` is what `annotations` were read from. */
export function cocoLabels(
  file: string,
  { categories, shown }: CocoAnnotations,
  rows: CocoRows,
  paths: readonly string[],
): Labels {
  if (categories.size === 0) throw new UserError(`${file}: expected categories for the labels, got none`);
  if (shown.size === 0)
    throw new UserError(`${file}: expected annotations that count for the labels, got none`);
  const inIdOrder = [...categories].sort(([a], [b]) => compareIds(a, b)).map(([, name]) => name);
  const names = [...new Set(inIdOrder)];
  const columns = new Map([...categories].map(([id, name]) => [id, names.indexOf(name)]));
  const flags = new Uint8Array(paths.length * names.length);
  for (const [place, path] of paths.entries()) {
    for (const category of rows.get(path)!) {
      const column = columns.get(category);
      if (column === undefined) {
        throw new UserError(
          `${file}: expected annotations of listed categories, got category_id ${category} for ${path}`,
        );
      }
      flags[place * names.length + column] = 1;
    }
  }
  return { names, flags };
}

/** The labels of both splits one after the other, under the names of `seen`. */
export function joinLabels(
  seen: Labels,
  unseen: Labels,
  config: { readonly split: string; readonly unseen_split: string | null },
  key: string,
): Labels {
  requireNames(seen.names, unseen.names, `in ${config.split} alone`, key);
  requireNames(unseen.names, seen.names, `in ${config.unseen_split} alone`, key);
  const width = seen.names.length;
  const columns = seen.names.map((name) => unseen.names.indexOf(name));
  const flags = new Uint8Array(seen.flags.length + unseen.flags.length);
  flags.set(seen.flags);
  for (let from = 0; from < unseen.flags.length; from += width) {
    for (const [column, other] of columns.entries()) {
      flags[seen.flags.length + from + column] = unseen.flags[from + other]!;
    }
  }
  return { names: seen.names, flags };
}

function requireNames(names: readonly string[], others: readonly string[], where: string, key: string): void {
  const lone = names.find((name) => !others.includes(name));
  if (lone === undefined) return;
  throw new UserError(
    `${key}.unseen_split: expected the same categories as in ${key}.split, got ${JSON.stringify(lone)} ${where}`,
  );
}

/** Numbers by their value, then other texts. */
function compareIds(a: string, b: string): number {
  const [left, right] = [Number(a), Number(b)];
  if (left !== right && !Number.isNaN(left - right)) return left - right;
  return Number(Number.isNaN(left)) - Number(Number.isNaN(right)) || compareCodeUnits(a, b);
}
