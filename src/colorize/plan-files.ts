// Which files become which: inputs and folders of them, and where each colored picture goes. All is settled before the first
// picture is read, so that no two get one name and no original is ever written over.

import { realpathSync, statSync } from "node:fs";
import path from "node:path";
import { findImageFiles } from "../datasets/kinds/image-files.ts";
import { UserError } from "../errors.ts";
import { existingPath } from "../existing-path.ts";
import type { ColorizedFormat } from "./encode-colored.ts";

export type PlannedFile = {
  readonly source: string;
  readonly format: ColorizedFormat;
  /** One for each network. */
  readonly targets: readonly string[];
};

export type Plan = {
  readonly files: readonly PlannedFile[];
  readonly notes: readonly string[];
};

type Where = {
  readonly out: string;
  /** Below `out`, one for each network; "" is `out` itself. */
  readonly folders: readonly string[];
  /** null keeps the original's. */
  readonly format: ColorizedFormat | null;
};

const formatOfExtension: Readonly<Record<string, ColorizedFormat>> = {
  ".jpg": "jpeg",
  ".jpeg": "jpeg",
  ".jpe": "jpeg",
  ".jfif": "jpeg",
  ".png": "png",
  ".webp": "webp",
  ".tif": "tiff",
  ".tiff": "tiff",
  ".avif": "avif",
};
const extensionOfFormat = { jpeg: ".jpg", png: ".png", webp: ".webp", tiff: ".tif", avif: ".avif" } as const;

/** Throws UserError. A file that is not there is planned: it is told of in its turn, as one that cannot be read. */
export async function planFiles(given: readonly string[], { out, folders, format }: Where): Promise<Plan> {
  const notes: string[] = [];
  const found = new Map<string, string>(); // source -> path below the output's folder
  for (const each of given) {
    const source = existingPath(each);
    if (!statSync(source, { throwIfNoEntry: false })?.isDirectory()) {
      found.set(source, found.get(source) ?? path.basename(source));
      continue;
    }
    const { paths, notes: ofFolder } = await findImageFiles(source);
    const inside = paths.filter((name) => !isBelow(path.join(source, name), out) || isBelow(source, out));
    for (const name of inside) found.set(path.join(source, name), name);
    if (inside.length === 0)
      throw new UserError(`colorize: ${each}: expected pictures, found none in this folder`);
    notes.push(...ofFolder.map((note) => `${each}: ${note}`));
  }
  const files = [...found].map(([source, name]): PlannedFile => {
    const extension = path.extname(name);
    const own = formatOfExtension[extension.toLowerCase()];
    const chosen = format ?? own ?? "png";
    const bare = name.slice(0, name.length - extension.length);
    const target = bare + (own === chosen ? extension : extensionOfFormat[chosen]);
    return { source, format: chosen, targets: folders.map((folder) => path.join(out, folder, target)) };
  });
  requireDistinct(files);
  requireNoOriginal(files);
  return { files, notes };
}

function isBelow(file: string, folder: string): boolean {
  const relative = path.relative(path.resolve(folder), path.resolve(file));
  return relative === "" || (!relative.startsWith("..") && !path.isAbsolute(relative));
}

function requireDistinct(files: readonly PlannedFile[]): void {
  const taken = new Map<string, string>();
  for (const { source, targets } of files) {
    // Disks of macOS and Windows tell no cases apart.
    const name = targets[0]!.normalize("NFC").toLowerCase();
    const other = taken.get(name);
    if (other !== undefined)
      throw new UserError(
        `colorize: ${other} and ${source} would both become ${targets[0]}; colorize them into folders of their own`,
      );
    taken.set(name, source);
  }
}

/** By what the disk says: links to an original are the original. */
function requireNoOriginal(files: readonly PlannedFile[]): void {
  const identity = (file: string) => {
    const found = statSync(file, { throwIfNoEntry: false, bigint: true });
    return found === undefined ? null : `${found.dev} ${found.ino}`;
  };
  const originals = new Set(files.flatMap(({ source }) => identity(source) ?? []));
  for (const target of files.flatMap(({ targets }) => targets)) {
    const found = identity(target);
    if (found !== null && originals.has(found))
      throw new UserError(
        `colorize: --out: expected another folder than the originals', as ${target} is ${realpathSync(target)}, one of them`,
      );
  }
}
