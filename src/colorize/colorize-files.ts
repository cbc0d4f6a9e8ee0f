// Files colored one after another. A picture is written under a temporary name and renamed, so that it is whole or not
// there, and what is there already is kept: whoever was stopped goes on by the same command.

import { existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { Refusal } from "../datasets/formats/open-picture.ts";
import { messageOf, UserError } from "../errors.ts";
import type { Output } from "../output.ts";
import type { Predictor } from "../runner/open-predictor.ts";
import { writeWhole } from "../whole-file.ts";
import { type ColorizeOptions, type OpenedPhotograph, openPhotograph } from "./colorize-photograph.ts";
import { type ColorizedFormat, deepFormats, encodeColored } from "./encode-colored.ts";
import type { Note } from "./metadata/note.ts";
import type { PlannedFile } from "./plan-files.ts";

export type ColorizingNetwork = { readonly predictor: Predictor; readonly note: Note };

export type FilesOptions = ColorizeOptions & {
  /** Writes what exists anew. */
  readonly force: boolean;
  readonly output: Output;
  readonly signal: AbortSignal;
};

export type ColorizedFiles = {
  readonly colored: number;
  readonly skipped: number;
  readonly failed: number;
  readonly restored: number;
  /** Of how many originals colors of their own were left aside. */
  readonly inColor: number;
};

/** `networks` in the order of each file's targets. Throws UserError where nothing can be written. */
export async function colorizeFiles(
  files: readonly PlannedFile[],
  networks: readonly ColorizingNetwork[],
  options: FilesOptions,
): Promise<ColorizedFiles> {
  const { force, output, signal } = options;
  const counts = { colored: 0, skipped: 0, failed: 0, restored: 0, inColor: 0 };
  const progress = output.progress(files.length);
  try {
    for (const [place, { source, format, targets }] of files.entries()) {
      signal.throwIfAborted();
      progress.update(place, path.basename(source));
      const wanted = targets.flatMap((target, index) =>
        force || !existsSync(target) ? [{ target, ...networks[index]! }] : [],
      );
      if (wanted.length === 0) {
        counts.skipped++;
        continue;
      }
      try {
        const photograph = await openPhotograph(await readWhole(source), options, signal);
        for (const [index, { target, predictor, note }] of wanted.entries()) {
          const isLast = index === wanted.length - 1;
          await writeWhole(target, await coloredBytes(photograph, { predictor, note }, format, isLast));
        }
        counts.colored++;
        if (photograph.isRestored) counts.restored++;
        if (photograph.kind === "color") counts.inColor++;
      } catch (error) {
        if (signal.aborted || error instanceof UserError || !isOfFile(error)) throw error;
        output.error(`${source}: ${reasonOf(error)}`);
        counts.failed++;
      }
    }
  } finally {
    progress.stop();
  }
  return counts;
}

/** The pieces of a colored file. Throws Refusal where the format cannot hold it. */
export async function coloredBytes(
  photograph: OpenedPhotograph,
  { predictor, note }: ColorizingNetwork,
  format: ColorizedFormat,
  isLast: boolean,
): Promise<readonly Buffer[]> {
  const picture = await photograph.color(predictor, { isDeep: deepFormats.has(format), isLast });
  const { exif, xmp } = photograph;
  return encodeColored(picture, format, { exif, xmp, note }).catch((error: unknown) => {
    const size = `${picture.width}x${picture.height}`;
    throw new Refusal(`${size} cannot be written as ${format}: ${messageOf(error).split("\n")[0]}`);
  });
}

async function readWhole(file: string): Promise<Buffer> {
  // A pipe would be waited for without end.
  if (!(await stat(file)).isFile()) throw new Refusal("not a regular file");
  return readFile(file);
}

function isOfFile(error: unknown): boolean {
  return error instanceof Refusal || (error as NodeJS.ErrnoException).syscall !== undefined;
}

function reasonOf(error: unknown): string {
  if (error instanceof Refusal) return error.message;
  const { code } = error as NodeJS.ErrnoException;
  return code === "ENOENT" ? "does not exist" : `cannot be opened: ${code ?? messageOf(error)}`;
}
