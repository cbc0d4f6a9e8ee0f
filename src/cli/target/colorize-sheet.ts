// The page of `hueristic colorize --sheet`, of the files that are there now, colored just now or before.

import { existsSync } from "node:fs";
import sharp from "sharp";
import type { Note } from "../../colorize/metadata/note.ts";
import type { PlannedFile } from "../../colorize/plan-files.ts";
import { pageAssets } from "../../report/build-client.ts";
import { type SheetPhotograph, type SheetPicture, sheetHtml } from "../../report/colorized/sheet-html.ts";
import { formatTime } from "../../runs/format/times.ts";
import { writeWhole } from "../../whole-file.ts";

/** Pixels of the longer side. */
const largest = 1000;

type SheetOptions = { readonly now: number; readonly signal: AbortSignal };

/** `networks` in the order of each file's targets. */
export async function writeSheet(
  out: string,
  files: readonly PlannedFile[],
  networks: readonly Note[],
  { now, signal }: SheetOptions,
): Promise<void> {
  const photographs: SheetPhotograph[] = [];
  for (const { source, targets } of files) {
    signal.throwIfAborted();
    if (!targets.every((target) => existsSync(target))) continue;
    const colored = [];
    for (const [index, target] of targets.entries()) {
      const { runName, runId, epoch } = networks[index]!;
      colored.push({ by: `${runName} (${runId}), epoch ${epoch}`, picture: await smaller(target) });
    }
    photographs.push({ name: source, original: await smaller(source), colored });
  }
  const page = sheetHtml(photographs, await pageAssets("colorized"), { writtenAt: formatTime(now) });
  await writeWhole(out, Buffer.from(page));
}

async function smaller(file: string): Promise<SheetPicture> {
  const bytes = await sharp(file, { failOn: "none", autoOrient: true, limitInputPixels: false })
    .resize(largest, largest, { fit: "inside", withoutEnlargement: true })
    .webp({ quality: 85 })
    .toBuffer();
  return { mime: "image/webp", bytes };
}
