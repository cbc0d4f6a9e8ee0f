// What of a data set lies at its place already. Something else in that place is never overwritten.

import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../errors.ts";
import { findList } from "../kinds/celeba-lists.ts";
import { findImageFiles } from "../kinds/image-files.ts";
import { isList } from "./checksum.ts";
import { diskError } from "./disk.ts";
import type { Place, SourceFile } from "./sources.ts";

/** Whether all of `file` is there. Throws UserError where something is in the way. */
export async function isPlaced(root: string, { place, md5 }: SourceFile): Promise<boolean> {
  if (place.kind === "images") return hasImages(root, place);
  if (place.kind === "annotations") return hasAnnotations(root, place);
  return hasList(root, place.path, md5);
}

async function hasImages(root: string, place: Extract<Place, { kind: "images" }>): Promise<boolean> {
  for (const folder of [place.folder, ...place.alsoIn]) {
    const path = join(root, folder);
    const found = await stat(path).catch(() => null);
    if (found === null) continue;
    const got = found.isDirectory() ? (await findImageFiles(path)).paths.length : 0;
    if (got === place.images) return true;
    if (found.isDirectory() && (await names(path)).length === 0) continue;
    const expected = `${number(place.images)} images`;
    throw inTheWay(path, expected, found.isDirectory() ? `a folder with ${number(got)}` : "a file");
  }
  return false;
}

async function hasAnnotations(
  root: string,
  { files }: Extract<Place, { kind: "annotations" }>,
): Promise<boolean> {
  let placed = 0;
  for (const { path, bytes } of files) {
    const found = await stat(join(root, path)).catch(() => null);
    if (found === null) continue;
    if (!found.isFile() || found.size === 0 || (bytes !== null && found.size !== bytes)) {
      const got = found.isFile() ? `${number(found.size)} bytes` : "a folder";
      throw inTheWay(join(root, path), bytes === null ? "a file" : `${number(bytes)} bytes`, got);
    }
    placed++;
  }
  return placed === files.length;
}

/** Of a copy as CSV, which has other bytes, that it is there is enough. */
async function hasList(root: string, path: string, md5: string): Promise<boolean> {
  const found = await findList(root, path.replace(/\.txt$/, ""));
  if (found === null) return false;
  if (found.endsWith(".csv") || (await isList(found, md5))) return true;
  throw inTheWay(found, "the official list", "another file, or a part of it");
}

function inTheWay(path: string, expected: string, got: string): UserError {
  return new UserError(`${path}: expected ${expected}, got ${got}; move it away, then fetch again`);
}

async function names(folder: string): Promise<string[]> {
  return readdir(folder).catch((error) => {
    throw diskError(error, folder);
  });
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}
