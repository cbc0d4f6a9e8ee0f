// Finds image files below a folder, in an order that depends neither on the file system nor on the locale. Names say
// little: a file with another extension, or none, is taken where it begins as images do; what is left is counted.

import { readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../errors.ts";
import { quoted } from "../quoted.ts";
import { beginsLikeImage } from "./begins-like-image.ts";

/** Extensions in the note on what is passed over. */
const mostNamed = 6;

/** Those that sharp reads, and a few that it does not: they are tried, skipped and named with the reason. */
const extensions = new Set(
  "jpg jpeg jpe jfif png webp gif tif tiff avif heic heif bmp jp2 jxl".split(" ").map((name) => `.${name}`),
);

/** Never looked into: sidecars may be as many as images, and a camera's raw file begins like the TIFF of its thumbnail. */
const otherExtensions = new Set(
  (
    "txt json jsonl csv tsv xml yaml yml md html htm log db npy npz pt parquet zip tar gz tgz 7z rar pdf svg " +
    "mp4 mov avi mkv webm mp3 wav part crdownload " +
    "dng cr2 cr3 nef nrw arw srf sr2 orf rw2 raf pef raw rwl 3fr"
  )
    .split(" ")
    .map((name) => `.${name}`),
);

export type FoundFiles = {
  /** Paths relative to the folder with forward slashes, by UTF-16 code unit. */
  readonly paths: readonly string[];
  readonly notes: readonly string[];
};

/**
 * Every image below `root`, hidden files and folders left out. Symbolic links are followed; a folder that is
 * reached twice, through a link or a loop of links, is read once.
 */
export async function findImageFiles(root: string): Promise<FoundFiles> {
  const paths: string[] = [];
  const visited = new Set<string>();
  const unreadable: string[] = [];
  const others = new Map<string, number>(); // extension -> how many files are no images

  const visit = async (relative: string): Promise<void> => {
    const folder = join(root, relative);
    let entries: import("node:fs").Dirent[];
    try {
      const real = await realpath(folder);
      if (visited.has(real)) return;
      visited.add(real);
      entries = await readdir(folder, { withFileTypes: true });
    } catch {
      unreadable.push(relative);
      return;
    }
    entries.sort((a, b) => compareCodeUnits(a.name, b.name));
    for (const entry of entries) {
      if (entry.name.startsWith(".")) continue;
      const path = relative === "" ? entry.name : `${relative}/${entry.name}`;
      const isFolder =
        entry.isDirectory() || (entry.isSymbolicLink() && (await leadsToFolder(join(root, path))));
      if (isFolder) await visit(path);
      else if (isImageName(entry.name)) paths.push(path);
      else {
        const extension = extensionOf(entry.name);
        if (!otherExtensions.has(extension) && (await beginsLikeImage(join(root, path)))) paths.push(path);
        else others.set(extension, (others.get(extension) ?? 0) + 1);
      }
    }
  };
  await visit("");

  paths.sort(compareCodeUnits);
  const notes = unreadable.length === 0 ? [] : [`${count(unreadable.length, "folder")} could not be read`];
  return { paths, notes: [...notes, ...noteOnOthers(others)] };
}

function noteOnOthers(others: ReadonlyMap<string, number>): string[] {
  if (others.size === 0) return [];
  const kinds = [...others].sort(([a, more], [b, less]) => less - more || compareCodeUnits(a, b));
  const total = kinds.reduce((sum, [, number]) => sum + number, 0);
  const named = kinds.slice(0, mostNamed).map(([extension, number]) => {
    return extension === "" ? `${number} without extension` : `${number} ${quoted(extension).slice(1, -1)}`;
  });
  const rest = kinds.length > mostNamed ? ", …" : "";
  return [`${count(total, "file")} passed over as no images that can be read: ${named.join(", ")}${rest}`];
}

/** Names of the folders in `root`, hidden ones left out. */
export async function findFolders(root: string): Promise<string[]> {
  const names = (await readdir(root)).filter((name) => !name.startsWith("."));
  const areFolders = await Promise.all(names.map((name) => leadsToFolder(join(root, name))));
  return names.filter((_, index) => areFolders[index]).sort(compareCodeUnits);
}

/** Throws UserError, naming the config key, unless `root` is a folder. */
export async function requireFolder(key: string, root: string): Promise<void> {
  const found = await stat(root).catch(() => null);
  if (found === null) throw new UserError(`${key}: expected a folder, got ${root}, which does not exist`);
  if (!found.isDirectory()) throw new UserError(`${key}: expected a folder, got ${root}, which is a file`);
}

export function isImageName(name: string): boolean {
  return extensions.has(extensionOf(name));
}

/** With its dot, in lower case; "" where there is none. */
function extensionOf(name: string): string {
  const dot = name.lastIndexOf(".");
  return dot > 0 ? name.slice(dot).toLowerCase() : "";
}

export function compareCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** "1 image", "2 images": for notes and messages. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

async function leadsToFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
