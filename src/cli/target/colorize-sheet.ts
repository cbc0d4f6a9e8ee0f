// The page of `hueristic colorize --sheet`, of the files that are there now, colored just now or before.

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { problemOfFile } from "../../colorize/colorize-files.ts";
import type { PlannedFile } from "../../colorize/plan-files.ts";
import { previewOf } from "../../colorize/preview.ts";
import type { Output } from "../../output.ts";
import { pageAssets } from "../../report/build-client.ts";
import { type SheetPhotograph, type SheetPicture, sheetHtml } from "../../report/colorized/sheet-html.ts";
import { formatTime } from "../../runs/format/times.ts";
import { writeWhole } from "../../whole-file.ts";

/** Pixels of the longer side. */
const largest = 1000;

type SheetOptions = {
  readonly now: number;
  readonly signal: AbortSignal;
  readonly output: Pick<Output, "warn">;
};

/** `by` is what colored each target of a file, in their order. */
export async function writeSheet(
  out: string,
  files: readonly PlannedFile[],
  by: readonly string[],
  { now, signal, output }: SheetOptions,
): Promise<void> {
  const photographs: SheetPhotograph[] = [];
  for (const { source, targets } of files) {
    signal.throwIfAborted();
    if (!targets.every((target) => existsSync(target))) continue;
    try {
      const colored = [];
      for (const [index, target] of targets.entries()) {
        colored.push({ by: by[index]!, picture: await smaller(target) });
      }
      photographs.push({ name: source, original: await smaller(source), colored });
    } catch (error) {
      const problem = problemOfFile(error);
      if (problem === null) throw error;
      output.warn(`${source}: left out of ${out}: ${problem}`);
    }
  }
  const page = sheetHtml(photographs, await pageAssets("colorized"), { writtenAt: formatTime(now) });
  await writeWhole(out, Buffer.from(page));
}

async function smaller(file: string): Promise<SheetPicture> {
  return previewOf(await readFile(file), { largest, quality: 85 });
}
