// Puts a checked file where the data set is read: an archive is extracted beside its place and renamed when it is whole,
// so that half an extraction is never mistaken for a data set. What is there already stays as it is.

import { randomUUID } from "node:crypto";
import { copyFile, mkdir, readdir, rename, rm, rmdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { UserError } from "../../errors.ts";
import type { Output, ProgressBar } from "../../output.ts";
import { formatCount } from "../../runs/format/numbers.ts";
import { findList } from "../kinds/celeba-lists.ts";
import { findImageFiles, isImageName } from "../kinds/image-files.ts";
import { isList } from "./checksum.ts";
import { extractTar } from "./extract-tar.ts";
import { extractZip } from "./extract-zip.ts";
import type { ArchivePlace, SourceFile } from "./sources.ts";

export type PlaceOptions = {
  readonly root: string;
  readonly output: Output;
  readonly signal: AbortSignal;
};

/** Whether all of `file` is there. Throws UserError where something else is in the way. */
export async function isPlaced(root: string, { place, md5 }: SourceFile): Promise<boolean> {
  if (place.kind !== "list") {
    for (const path of place.paths) if (!(await isThere(root, path, place))) return false;
    return true;
  }
  const found = await findList(root, place.path.replace(/\.txt$/, ""));
  if (found === null) return false;
  // Of a copy as CSV, which has other bytes, that it is there is enough.
  if (found.endsWith(".csv") || (await isList(found, md5))) return true;
  throw inTheWay(found, "the official list", "another file, or a part of it");
}

async function isThere(root: string, path: string, { alsoIn, images }: ArchivePlace): Promise<boolean> {
  for (const each of [path, ...alsoIn]) {
    const place = join(root, each);
    const found = await stat(place).catch(() => null);
    if (found === null || (found.isDirectory() && (await readdir(place)).length === 0)) continue;
    if (images === null) {
      if (found.isFile() && found.size > 0) return true;
      throw inTheWay(place, "a file", found.isFile() ? "an empty one" : "a folder");
    }
    const got = found.isDirectory() ? (await findImageFiles(place)).paths.length : 0;
    if (got === images) return true;
    const isFolder = found.isDirectory();
    throw inTheWay(
      place,
      `${formatCount(images)} images`,
      isFolder ? `a folder with ${formatCount(got)}` : "a file",
    );
  }
  return false;
}

function inTheWay(path: string, expected: string, got: string): UserError {
  return new UserError(`${path}: expected ${expected}, got ${got}; move it away, then fetch again`);
}

/** Its places are free, or empty folders, as was looked at under the lock. */
export async function placeFile(file: SourceFile, path: string, options: PlaceOptions): Promise<void> {
  const { root } = options;
  const { place } = file;
  const temporary = join(root, `${prefixOf(file)}${randomUUID()}`);
  try {
    await mkdir(temporary);
    if (place.kind === "list") {
      await copyFile(path, join(temporary, place.path));
      await rename(join(temporary, place.path), join(root, place.path));
      return;
    }
    await extract(file.name, place, path, temporary, options);
    for (const each of place.paths) {
      const [from, to] = [join(temporary, each), join(root, each)];
      await rmdir(to).catch(() => {});
      if ((await stat(to).catch(() => null)) !== null) continue;
      await mkdir(dirname(to), { recursive: true });
      await rename(from, to);
    }
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Removes what killed processes left. The caller holds the lock of the source. */
export async function sweepTemporaries(root: string, file: SourceFile): Promise<void> {
  for (const name of await readdir(root)) {
    if (name.startsWith(prefixOf(file))) await rm(join(root, name), { recursive: true, force: true });
  }
}

function prefixOf({ name }: SourceFile): string {
  return `.${name}.extracting-`;
}

async function extract(
  name: string,
  { kind, paths, images, extractedBytes }: ArchivePlace,
  archive: string,
  temporary: string,
  { output, signal }: PlaceOptions,
): Promise<void> {
  const expected = images ?? paths.length;
  let bar: ProgressBar | null = null;
  try {
    const files = await (kind === "zip" ? extractZip : extractTar)(archive, temporary, {
      takes: (entry) =>
        paths.some((path) => entry === path || (entry.startsWith(`${path}/`) && isImage(entry))),
      mostBytes: extractedBytes,
      mostEntries: expected + 100, // folders, and a few files beside the images
      signal,
      onProgress(done, of) {
        bar ??= output.progress(of);
        if (done % 50 === 0 || done === of) bar.update(done, `${name}  extracting`);
      },
    });
    if (files !== expected)
      throw new UserError(
        `${archive}: expected ${formatCount(expected)} files, got ${formatCount(files)}: not the archive that is meant`,
      );
  } finally {
    (bar as ProgressBar | null)?.stop();
  }
}

function isImage(entry: string): boolean {
  const name = basename(entry);
  return isImageName(name) && !name.startsWith(".");
}
