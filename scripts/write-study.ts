// Writes the tables and charts of docs/study out of the store of its runs, in place of what stands between their marks:
//   <!-- compare models networks: results, colors learned -->  …  <!-- end -->   sections of `hueristic compare --markdown`
//   <!-- chart models: unseen-ciede2000 -->  …  <!-- end -->                     a picture of `hueristic report --png`
//   <!-- sql models: shares.sql -->  …  <!-- end -->                             what `hueristic sql` answers
// Usage: node --import ./scripts/typescript.js scripts/write-study.ts <folder of the runs> [part of a page's name]

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import sharp from "sharp";
import { type Column, formatMarkdown } from "../src/cli/print/table.ts";

const folder = path.resolve(import.meta.dirname, "../docs/study");
const pictures = path.join(folder, "images");
/** Of the many results; all others are in the page of the report. */
const results =
  /^\| (results|---|(unseen|seen|portraits|landscapes)\/(ciede2000|psnr|colorfulness\\_ratio|loss)|took) \|/;
const differences = /^\| (on|---|[^|]+ \| ciede2000) \|/;
const pictureWidth = 1000;

const [runs, part = ""] = process.argv.slice(2);
if (runs === undefined) throw new Error("expected the folder of the runs");

/** Where its pictures lie, by what they are of: a report is drawn once. */
const drawn = new Map<string, string>();

const work = mkdtempSync(path.join(os.tmpdir(), "hueristic-study-"));
try {
  mkdirSync(pictures, { recursive: true });
  for (const name of readdirSync(folder).filter((file) => file.endsWith(".md") && file.includes(part))) {
    const file = path.join(folder, name);
    writeFileSync(file, await renewed(readFileSync(file, "utf8")));
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}

async function renewed(page: string): Promise<string> {
  let whole = page;
  for (const [block, mark, kind, refs, wanted] of page.matchAll(
    /(<!-- (compare|chart|sql) ([^:]+): (.+?) -->)\n[\s\S]*?<!-- end -->/g,
  )) {
    const runsMeant = refs!.split(" ");
    const made =
      kind === "compare"
        ? compared(runsMeant, wanted!.split(", "))
        : kind === "sql"
          ? answer(wanted!)
          : await chart(runsMeant, wanted!);
    whole = whole.replace(block, () => `${mark}\n\n${made}\n\n<!-- end -->`);
  }
  return whole;
}

function hueristic(...args: string[]): string {
  const program = path.resolve(import.meta.dirname, "../bin/hueristic.js");
  return execFileSync(process.execPath, [program, ...args, "--runs", runs!], {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
    stdio: ["ignore", "pipe", "ignore"],
  });
}

function compared(refs: readonly string[], wanted: readonly string[]): string {
  const sections = hueristic("compare", ...refs, "--markdown").split(/^(?=### )/m);
  return wanted
    .map((title) => {
      const found = sections.find((section) => section.startsWith(`### ${title}\n`));
      if (found === undefined) throw new Error(`compare ${refs.join(" ")}: has no section ${title}`);
      const lines = found.split("\n").filter((line) => line.startsWith("|"));
      const kept = title === "results" ? results : title === "differences" ? differences : /^/;
      return lines.filter((line) => kept.test(line)).join("\n");
    })
    .join("\n\n");
}

function answer(file: string): string {
  const rows = JSON.parse(
    hueristic("sql", readFileSync(path.join(folder, file), "utf8"), "--json"),
  ) as readonly Record<string, unknown>[];
  const titles = Object.keys(rows[0]!);
  const columns = titles.map(
    (title): Column<Record<string, unknown>> => ({
      title,
      align: "left",
      expendable: 0,
      cell: (row) => String(row[title]),
    }),
  );
  return formatMarkdown(columns, rows).join("\n");
}

async function chart(refs: readonly string[], name: string): Promise<string> {
  const key = refs.join("-");
  const figures = drawn.get(key) ?? path.join(work, key);
  if (!drawn.has(key)) hueristic("report", ...refs, "--out", path.join(work, "page.html"), "--png", figures);
  drawn.set(key, figures);
  const picture = `${key}-${name}.png`;
  await sharp(path.join(figures, `${name}.png`))
    .resize({ width: pictureWidth })
    .png({ palette: true, colors: 32 })
    .toFile(path.join(pictures, picture));
  return `![${name.replaceAll("-", " ")}](images/${picture})`;
}
