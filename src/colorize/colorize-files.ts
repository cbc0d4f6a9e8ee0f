// Files colored, several under way at once: some are read and written while the network colors another, one picture at a time.
// A picture is written under a temporary name and renamed, so that it is whole or not there, and what is there already
// is kept: whoever was stopped goes on by the same command.

import { existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import sharp from "sharp";
import { Refusal } from "../datasets/formats/open-picture.ts";
import { messageOf, UserError } from "../errors.ts";
import type { Output } from "../output.ts";
import type { Predictor } from "../runner/open-predictor.ts";
import { createTurns } from "../turns.ts";
import { writeWhole } from "../whole-file.ts";
import { type ColorizeOptions, type OpenedPhotograph, openPhotograph } from "./colorize-photograph.ts";
import { type ColorizedFormat, deepFormats, encodeColored } from "./encode-colored.ts";
import type { Note } from "./metadata/note.ts";
import type { PlannedFile } from "./plan-files.ts";

export type ColorizingNetwork = { readonly predictor: Predictor; readonly note: Note };

/** Which network colors a photograph. */
export type ChooseNetwork = (photograph: OpenedPhotograph, source: string) => Promise<ColorizingNetwork>;

export type FilesOptions = ColorizeOptions & {
  /** Writes what exists anew. */
  readonly force: boolean;
  /** Most files under way at once; as many as their pixels allow. */
  readonly jobs: number;
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

/** Pixels under way at once; a picture of more goes alone. */
const mostPixels = 100e6;
/** A file that is larger than its pixels, such as a TIFF of many pages, counts by its bytes. */
const bytesOfPixel = 6;

/** `choices` in the order of each file's targets. Throws UserError where nothing can be written. */
export async function colorizeFiles(
  files: readonly PlannedFile[],
  choices: readonly ChooseNetwork[],
  options: FilesOptions,
): Promise<ColorizedFiles> {
  const { force, jobs, output, signal } = options;
  const counts = { colored: 0, skipped: 0, failed: 0, restored: 0, inColor: 0 };
  const progress = output.progress(files.length);
  const room = createTurns({ room: mostPixels });
  // What ends one ends all.
  const end = new AbortController();
  const ended = AbortSignal.any([signal, end.signal]);
  const inTurn = oneAtATime(ended);
  let done = 0;

  async function colorizeFile({ source, format, targets }: PlannedFile): Promise<void> {
    const wanted = targets.flatMap((target, index) =>
      force || !existsSync(target) ? [{ target, choose: choices[index]! }] : [],
    );
    if (wanted.length === 0) {
      counts.skipped++;
      return;
    }
    const leave = await room.take(ended, await sizeOf(source));
    try {
      const photograph = await openPhotograph(await readFile(source), options, ended);
      for (const [index, { target, choose }] of wanted.entries()) {
        const isLast = index === wanted.length - 1;
        const { predictor, note } = await inTurn(() => choose(photograph, source));
        const predict: Predictor["predict"] = (luma) => inTurn(() => predictor.predict(luma));
        const network = { predictor: { ...predictor, predict }, note };
        await writeWhole(target, await coloredBytes(photograph, network, format, isLast));
      }
      counts.colored++;
      if (photograph.isRestored) counts.restored++;
      if (photograph.kind === "color") counts.inColor++;
    } finally {
      leave!();
    }
  }

  const waiting = files.values();
  async function work(): Promise<void> {
    for (const file of waiting) {
      ended.throwIfAborted();
      progress.update(done, path.basename(file.source));
      try {
        await colorizeFile(file);
      } catch (error) {
        const problem = error instanceof UserError ? null : problemOfFile(error);
        if (ended.aborted || problem === null) throw error;
        output.error(`${file.source}: ${problem}`);
        counts.failed++;
      }
      done++;
    }
  }

  try {
    const workers = Array.from({ length: Math.min(jobs, files.length) }, () =>
      work().catch((error) => end.abort(error)),
    );
    // All of them, as networks are closed afterwards.
    await Promise.all(workers);
    ended.throwIfAborted();
  } finally {
    progress.stop();
  }
  return counts;
}

/** Networks are asked one thing at a time. */
function oneAtATime(signal: AbortSignal) {
  const turns = createTurns();
  return async <T>(work: () => Promise<T>): Promise<T> => {
    const leave = await turns.take(signal);
    try {
      return await work();
    } finally {
      leave!();
    }
  };
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

/** What it takes of `mostPixels`. Throws Refusal for what is no file. */
async function sizeOf(source: string): Promise<number> {
  const found = await stat(source);
  // A pipe would be waited for without end.
  if (!found.isFile()) throw new Refusal("not a regular file");
  const { width = 0, height = 0 } = await sharp(source, { failOn: "none", limitInputPixels: false })
    .metadata()
    // What is no picture is refused when it is read.
    .catch(() => ({ width: 0, height: 0 }));
  return Math.max(width * height, found.size / bytesOfPixel);
}

/** Why a file cannot be read; null for what is no fault of it. */
export function problemOfFile(error: unknown): string | null {
  if (error instanceof Refusal) return error.message;
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall === undefined) return null;
  return code === "ENOENT" ? "does not exist" : `cannot be opened: ${code ?? messageOf(error)}`;
}
