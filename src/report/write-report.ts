// Runs as one self-contained HTML file, and as static pictures where asked for: query -> model -> HTML.

import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { messageOf, UserError } from "../errors.ts";
import type { Blob } from "../store/rows.ts";
import { type ReportStore, readReportRuns } from "./read-report-runs.ts";
import { type PageAssets, reportHtml } from "./report-html.ts";
import { reportModel } from "./report-model.ts";

export type ReportOptions = {
  /** The HTML file; its folder is created. */
  readonly out: string;
  /** Folder of static pictures; null writes none. */
  readonly png: string | null;
  /** When the report is written, milliseconds since 1970. */
  readonly now?: number;
};

export type WrittenReport = {
  readonly file: string;
  readonly bytes: number;
  /** Paths of the pictures. */
  readonly images: readonly string[];
};

/** Throws UserError for an unknown run and where `out` or `png` cannot be written. */
export async function writeReport(
  store: ReportStore,
  runRefs: readonly string[],
  { out, png, now = Date.now() }: ReportOptions,
): Promise<WrittenReport> {
  const runs = readReportRuns(store, runRefs);
  const file = path.resolve(out);
  await requireFile(file);
  const model = reportModel(runs, now);
  const blobs = model.hashes.map((hash) => dataUri(hash, store.blob(hash)));
  const page = Buffer.from(reportHtml(model, blobs, await readAssets()));
  await writeWhole(file, page);
  if (png === null) return { file, bytes: page.length, images: [] };
  // Drawing libraries take their time to load: only who asks for pictures pays for them.
  const { writePictures } = await import("./write-pictures.ts");
  const images = await writePictures(store, model, path.resolve(png), writeWhole);
  return { file, bytes: page.length, images };
}

export type WriteWhole = typeof writeWhole;

/** A reader never sees half a file. */
async function writeWhole(file: string, content: Uint8Array): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(temporary, content);
    await rename(temporary, file);
  } catch (thrown) {
    await rm(temporary, { force: true }).catch(() => {});
    throw new UserError(`${file}: cannot be written: ${messageOf(thrown)}`);
  }
}

/** Known before any work is done. */
async function requireFile(file: string): Promise<void> {
  const found = await stat(file).catch(() => null);
  if (found?.isDirectory())
    throw new UserError(`${file}: expected a file to write the report to, got a folder`);
}

function dataUri(hash: string, blob: Blob | undefined): string {
  if (blob === undefined) throw new UserError(`image ${hash}: was deleted just now`);
  if (!/^image\/[\w.+-]+$/.test(blob.mime))
    throw new Error(`image ${hash}: ${blob.mime} is no kind of image`);
  return `data:${blob.mime};base64,${Buffer.from(blob.bytes).toString("base64")}`;
}

async function readAssets(): Promise<PageAssets> {
  const beside = (name: string) => readFile(new URL(name, import.meta.url), "utf8");
  const entry = createRequire(import.meta.url).resolve("chart.js");
  const library = await readFile(path.join(path.dirname(entry), "chart.umd.min.js"), "utf8");
  const [style, script] = await Promise.all([beside("page.css"), beside("page.js")]);
  // Its source map is not with us: a browser's tools would ask for it.
  return { style, script, chartLibrary: library.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "\n") };
}
