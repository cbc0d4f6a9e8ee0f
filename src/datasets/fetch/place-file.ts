// Puts a checked file where the data set is read: a zip is extracted beside its place and renamed when it is whole,
// so that half an extraction is never mistaken for a data set.

import { randomUUID } from "node:crypto";
import { copyFile, mkdir, readdir, rename, rm, rmdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { UserError } from "../../errors.ts";
import type { Output, ProgressBar } from "../../output.ts";
import { isImageName } from "../kinds/image-files.ts";
import { diskError } from "./disk.ts";
import { extractZip } from "./extract-zip.ts";
import type { Place, SourceFile } from "./sources.ts";

export type PlaceOptions = {
  readonly root: string;
  readonly output: Output;
  readonly signal: AbortSignal;
};

export async function placeFile(file: SourceFile, path: string, options: PlaceOptions): Promise<void> {
  const { root } = options;
  const { place } = file;
  const temporary = join(root, `${prefixOf(file)}${randomUUID()}`);
  try {
    await mkdir(temporary);
    if (place.kind === "list") {
      await copyFile(path, join(temporary, "list"));
      await rename(join(temporary, "list"), join(root, place.path));
    } else {
      await extract(file.name, place, path, temporary, options);
      if (place.kind === "images")
        await publishFolder(join(temporary, place.folder), join(root, place.folder));
      else await publishFiles(place, temporary, root);
    }
  } catch (error) {
    throw diskError(error, root);
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

type ZipPlace = Exclude<Place, { kind: "list" }>;

async function extract(
  name: string,
  place: ZipPlace,
  path: string,
  temporary: string,
  { output, signal }: PlaceOptions,
): Promise<void> {
  const wanted = new Set(place.kind === "annotations" ? place.files.map((file) => file.path) : []);
  const expected = place.kind === "annotations" ? wanted.size : place.images;
  let bar: ProgressBar | null = null;
  try {
    const files = await extractZip(path, temporary, {
      takes: (entry) => (place.kind === "annotations" ? wanted.has(entry) : isImageIn(place.folder, entry)),
      mostBytes: place.extractedBytes,
      // Folders, and a few files beside the images.
      mostEntries: expected + 100,
      signal,
      onProgress(done, of) {
        bar ??= output.progress(of);
        if (done % 50 === 0 || done === of) bar.update(done, `${name}  extracting`);
      },
    });
    if (files !== expected)
      throw new UserError(
        `${path}: expected ${expected.toLocaleString("en-US")} files, got ${files.toLocaleString("en-US")}: not the archive that is meant`,
      );
  } finally {
    (bar as ProgressBar | null)?.stop();
  }
}

function isImageIn(folder: string, entry: string): boolean {
  const name = basename(entry);
  return entry.startsWith(`${folder}/`) && isImageName(name) && !name.startsWith(".");
}

/** The place is free or an empty folder, as it was looked at under the lock. */
async function publishFolder(from: string, to: string): Promise<void> {
  await rmdir(to).catch(() => {});
  await rename(from, to);
}

/** Those that are there already are the same. */
async function publishFiles(
  { files }: Extract<Place, { kind: "annotations" }>,
  from: string,
  to: string,
): Promise<void> {
  for (const { path } of files) {
    if ((await stat(join(to, path)).catch(() => null)) !== null) continue;
    await mkdir(dirname(join(to, path)), { recursive: true });
    await rename(join(from, path), join(to, path));
  }
}
