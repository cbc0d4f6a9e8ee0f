// What a report costs: writing it, its size, and opening it in headless Chromium with the network off. Two stores that
// the bench makes: many runs with curves only, and some runs with many pictures (smooth random ones, lossless WebP as
// the runner stores them).

import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type Page } from "playwright-core";
import sharp from "sharp";
import { randomStream } from "../src/random.ts";
import { writeReport } from "../src/report/write-report.ts";
import { quantileOfSorted } from "../src/statistics/quantile.ts";
import { openStore, type Store } from "../src/store/open-store.ts";
import type { Bench } from "./bench.ts";
import { benchRun, declareLosses, saveBenchDataset } from "./log-rows.ts";
import type { Table } from "./results.ts";

const rounds = 5;
const executablePath = [process.env.CHROMIUM, "/usr/bin/chromium"].find((file) => file && existsSync(file));

const cases = [
  {
    title: "1,000 runs x 100 epochs x 4 series, no pictures",
    runs: 1000,
    epochs: 100,
    images: 0,
    drawn: 0,
    size: 0,
  },
  {
    title: "20 runs x 16 images x 11 sampling epochs, 64x64",
    runs: 20,
    epochs: 50,
    images: 8,
    drawn: 11,
    size: 64,
  },
  {
    title: "20 runs x 16 images x 11 sampling epochs, 256x256",
    runs: 20,
    epochs: 50,
    images: 8,
    drawn: 11,
    size: 256,
  },
] as const;

type Case = (typeof cases)[number];

export async function benchReport(): Promise<Bench> {
  return { versions: [await chromiumVersion()], tables: measured() };
}

async function* measured(): AsyncGenerator<Table> {
  for (const one of cases) {
    const folder = mkdtempSync(join(tmpdir(), "hueristic-bench-"));
    const store = openStore(folder);
    try {
      const ids = await fill(store, one);
      const out = join(folder, "report.html");
      const began = performance.now();
      const { bytes, note } = await writeReport(store, ids, { out, png: null, page: "runs" });
      const writeMs = performance.now() - began;
      const opened = executablePath === undefined ? [] : await openings(out);
      yield {
        title: one.title,
        columns: ["", "median", "smallest - largest"],
        rows: [
          ["written", `${(writeMs / 1000).toFixed(1)} s`, "once"],
          ["size", `${(bytes / 1e6).toFixed(1)} MB`, ""],
          ...figures(opened),
        ],
        notes: [...(note === null ? [] : [note]), `Opened ${opened.length} times.`],
      };
    } finally {
      store.close();
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

type Opening = {
  readonly loadMs: number;
  readonly taskMs: number;
  readonly scriptMs: number;
  readonly scaleMs: number;
  readonly sortMs: number;
  readonly filterMs: number;
};

async function openings(file: string): Promise<Opening[]> {
  const browser = await chromium.launch({
    executablePath: executablePath!,
    args: ["--no-sandbox", "--disable-gpu"],
  });
  try {
    const all: Opening[] = [];
    for (let round = 0; round < rounds; round++) {
      const context = await browser.newContext({ offline: true, viewport: { width: 1280, height: 800 } });
      const page = await context.newPage();
      const session = await context.newCDPSession(page);
      await session.send("Performance.enable");
      const began = performance.now();
      await page.goto(pathToFileURL(file).href, { waitUntil: "load" });
      const loadMs = performance.now() - began;
      const { metrics } = await session.send("Performance.getMetrics");
      const ms = (name: string) => 1000 * metrics.find((metric) => metric.name === name)!.value;
      all.push({
        loadMs,
        taskMs: ms("TaskDuration"),
        scriptMs: ms("ScriptDuration"),
        scaleMs: await untilDrawn(page, "[data-scale=logarithmic]"),
        sortMs: await untilDrawn(page, "th [data-sort]"),
        filterMs: await untilFiltered(page),
      });
      await context.close();
    }
    return all;
  } finally {
    await browser.close();
  }
}

const frame = "await new Promise(requestAnimationFrame);";

/** From a click to the end of the second frame after it: all that follows is drawn then. */
function untilDrawn(page: Page, selector: string): Promise<number> {
  return timed(page, selector, `element.click(); ${frame} ${frame}`);
}

/** From a typed letter to the frame after the table says how many rows are left; a large table waits for more letters. */
function untilFiltered(page: Page): Promise<number> {
  const typing = 'element.value = "run 7"; element.dispatchEvent(new Event("input", { bubbles: true }));';
  const count = 'document.querySelector("[data-filter-count]").textContent';
  return timed(
    page,
    "[data-filter]",
    `const before = ${count}; ${typing} while (${count} === before) ${frame} ${frame}`,
  );
}

async function timed(page: Page, selector: string, action: string): Promise<number> {
  await page.locator(selector).first().scrollIntoViewIfNeeded();
  await page.waitForTimeout(300);
  return page.evaluate(`(async () => {
    const element = document.querySelector(${JSON.stringify(selector)});
    const began = performance.now();
    ${action}
    return performance.now() - began;
  })()`);
}

function figures(opened: readonly Opening[]): string[][] {
  if (opened.length === 0) return [["opened", "no Chromium", "-"]];
  const row = (name: string, pick: (one: Opening) => number) => {
    const sorted = opened.map(pick).sort((a, b) => a - b);
    const [low, median, high] = [0, 0.5, 1].map((share) => quantileOfSorted(sorted, share).toFixed(0));
    return [name, `${median} ms`, `${low} - ${high} ms`];
  };
  return [
    row("opened, until the load event", ({ loadMs }) => loadMs),
    row("the page's main thread until then", ({ taskMs }) => taskMs),
    row("of it JavaScript", ({ scriptMs }) => scriptMs),
    row("logarithmic scale, until drawn", ({ scaleMs }) => scaleMs),
    row("table sorted, until drawn", ({ sortMs }) => sortMs),
    row("filtered to some runs, until drawn", ({ filterMs }) => filterMs),
  ];
}

async function fill(store: Store, { runs, epochs, images, drawn, size }: Case): Promise<string[]> {
  saveBenchDataset(store);
  const stream = randomStream("bench report");
  const ids: string[] = [];
  for (let run = 0; run < runs; run++) {
    const { experiment } = benchRun;
    const writer = store.createRun({
      ...benchRun,
      name: `run ${run}`,
      experiment: { ...experiment, name: `run ${run}`, seed: run },
    });
    ids.push(writer.id);
    declareLosses(writer, "seen", "a", "b");
    for (let epoch = 1; epoch <= epochs; epoch++) {
      const noisy = () => (1 + stream.uniform() / 5) / epoch;
      const step = epoch * benchRun.stepsPerEpoch;
      writer.logScalars(step, {
        "train/seen": noisy(),
        "unseen/loss": noisy(),
        "train/a": noisy(),
        "train/b": noisy(),
      });
    }
    for (let at = 0; at < drawn; at++) {
      for (const set of ["seen", "unseen"] as const) {
        for (let index = 0; index < images; index++) {
          const picture = { set, index, imageId: set === "seen" ? "a" : "b", mime: "image/webp" } as const;
          const bytes = await drawing(size, () => stream.below(256));
          writer.logImages([{ ...picture, epoch: 5 * at, kind: "colorized", bytes }]);
        }
      }
    }
    writer.finish("FINISHED");
  }
  return ids;
}

async function drawing(size: number, byte: () => number): Promise<Uint8Array> {
  const coarse = Uint8Array.from({ length: 8 * 8 * 3 }, byte);
  const image = sharp(coarse, { raw: { width: 8, height: 8, channels: 3 } });
  return image.resize(size, size, { kernel: "cubic" }).webp({ lossless: true, effort: 0 }).toBuffer();
}

async function chromiumVersion(): Promise<string> {
  if (executablePath === undefined) return "no Chromium";
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  const version = browser.version();
  await browser.close();
  return `Chromium ${version}`;
}
