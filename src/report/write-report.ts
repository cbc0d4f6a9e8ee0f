// A report as one self-contained HTML file, and its charts as pictures where asked for: query -> page -> file.

import { stat } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../errors.ts";
import type { PageKind } from "../experiment/report-section.ts";
import { formatTime } from "../runs/format/times.ts";
import { writeWhole } from "../whole-file.ts";
import { pageAssets } from "./build-client.ts";
import type { PageContent } from "./build-page.ts";
import type { Definition } from "./definition.ts";
import { pageHtml } from "./page-html.ts";
import { choosePage, pageOf } from "./pages/page-of.ts";
import { fitPictures } from "./pictures/fit-pictures.ts";
import { type ReportStore, readReportRuns } from "./read-report-runs.ts";
import { type StoredSweep, sweepInput } from "./sweep/stored-sweep.ts";

export type ReportOptions = {
  /** The HTML file; its folder is created. */
  readonly out: string;
  /** Folder of static pictures; null writes none. */
  readonly png: string | null;
  /** null, or left out, chooses by what is given. */
  readonly page?: PageKind | null;
  /** Bytes of the file; left out, 15 MB. */
  readonly maxSize?: number;
  /** Title, text and order of sections. */
  readonly definition?: Definition | null;
  /** The sweep that was named; `runRefs` are the runs of its trials then, or none. */
  readonly sweep?: StoredSweep | null;
  /** When the report is written, milliseconds since 1970. */
  readonly now?: number;
};

export type WrittenReport = {
  readonly file: string;
  readonly bytes: number;
  readonly page: PageKind;
  /** What was done to make it fit; null for nothing. */
  readonly note: string | null;
  /** Paths of the pictures. */
  readonly images: readonly string[];
};

const usualMaxSize = 15e6;

/** Throws UserError for an unknown run, where nothing fits into maxSize, and where `out` or `png` cannot be written. */
export async function writeReport(
  store: ReportStore,
  runRefs: readonly string[],
  options: ReportOptions,
): Promise<WrittenReport> {
  const { out, png, definition = null, sweep = null, now = Date.now() } = options;
  // Trials that failed before they had a run are something to show as well.
  const runs = sweep !== null && runRefs.length === 0 ? [] : readReportRuns(store, runRefs);
  const input = { runs, sweep: sweep && sweepInput(sweep, runs) };
  const file = path.resolve(out);
  await requireFile(file);
  // Drawing libraries take their time to load: only who asks for pictures pays for them.
  const drawChart = png === null ? null : await (await import("./png/draw-chart.ts")).chartDrawer();
  const kind = options.page ?? definition?.page ?? choosePage(input);
  const assets = await pageAssets();
  const frame = (notes: readonly string[]) => ({ writtenAt: formatTime(now), notes });
  const bytesWithout = (content: PageContent) =>
    Buffer.byteLength(pageHtml(content, [], assets, frame([]))) + 400;
  const built = pageOf(kind, input, definition);
  const { content, blobs, note } = await fitPictures(
    built,
    bytesWithout,
    (hash) => store.picture(hash),
    options.maxSize ?? definition?.maxSize ?? usualMaxSize,
  );
  const page = Buffer.from(pageHtml(content, blobs, assets, frame(note === null ? [] : [note])));
  await writeWhole(file, page);
  const written = { file, bytes: page.length, page: kind, note };
  if (png === null || drawChart === null) return { ...written, images: [] };
  const { writePictures } = await import("./png/write-pictures.ts");
  const images = await writePictures(store, input.runs, built, path.resolve(png), drawChart);
  return { ...written, images };
}

/** Known before any work is done. */
async function requireFile(file: string): Promise<void> {
  const found = await stat(file).catch(() => null);
  if (found?.isDirectory())
    throw new UserError(`${file}: expected a file to write the report to, got a folder`);
}
