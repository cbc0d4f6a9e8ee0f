// Sub-folders as labels, as ImageNet lies on disk: an image shows what the first folder above it is called, below the root
// or below the folder of its side.

import { UserError } from "../../errors.ts";
import type { Item, Listing, Side } from "../dataset.ts";
import { quoted } from "../quoted.ts";
import { compareCodeUnits, count } from "./image-files.ts";

type Split = { readonly [side in Side]: string } | null;

/** Images that lie in no sub-folder are left out. Throws UserError where the folders are no classes to tell apart. */
export function folderLabels(listed: readonly Item[], split: Split, key: string): Listing {
  const classOf = new Map(listed.map((item) => [item, subFolderOf(item, split)]));
  const items = listed.filter((item) => classOf.get(item) !== null);
  const names = [...new Set(items.map((item) => classOf.get(item)!))].sort(compareCodeUnits);
  const expected = "sub-folders, one for each class";
  if (names.length < 2)
    throw new UserError(
      `${key}.labels: expected at least 2 ${expected}, got ${names.map(quoted)[0] ?? "none"}`,
    );
  const columns = new Map(names.map((name, column) => [name, column]));
  const flags = new Uint8Array(items.length * names.length);
  const trained = new Set<string>();
  for (const [place, item] of items.entries()) {
    const name = classOf.get(item)!;
    flags[place * names.length + columns.get(name)!] = 1;
    if (item.side !== "unseen") trained.add(name);
  }
  const untrained = names.find((name) => !trained.has(name));
  if (untrained !== undefined)
    throw new UserError(
      `${key}.labels: expected the ${expected}, of ${split!.unseen} in ${split!.seen} too, got ${quoted(untrained)} in ${split!.unseen} alone`,
    );
  const strays = listed.length - items.length;
  const notes =
    strays > 0
      ? [`${count(strays, "image")} in no sub-folder, left out, as nothing says what they show`]
      : [];
  return { items, notes, labels: { names, flags } };
}

function subFolderOf({ id, side }: Item, split: Split): string | null {
  const below = split && side ? id.slice(tidy(split[side]).length + 1) : id;
  const end = below.indexOf("/");
  return end < 0 ? null : below.slice(0, end);
}

/** A folder below the root as ids begin with it. */
export function tidy(path: string): string {
  return path.split("/").filter(Boolean).join("/");
}
