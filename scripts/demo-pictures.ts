// The pictures of README.md, from a real run of the demo in a folder of its own: what the terminal said as SVG, each line with
// the seconds at which it came, and the samples of the report: `npm run pictures`. Needs Chromium and a machine with nothing
// else to do, since times stand in both.

import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import sharp from "sharp";
import { type TimedLine, terminalSvg } from "./terminal-svg.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const images = path.join(root, "docs/images");
const command = ["run", "experiments/demo.yaml", "--report"];
const executablePath = [process.env.CHROMIUM, "/usr/bin/chromium"].find((file) => file && existsSync(file));
if (executablePath === undefined) throw new Error("neither $CHROMIUM nor /usr/bin/chromium exists");

const folder = mkdtempSync(path.join(os.tmpdir(), "hueristic-demo-"));
try {
  mkdirSync(path.join(folder, "experiments"));
  cpSync(path.join(root, "experiments/demo.yaml"), path.join(folder, "experiments/demo.yaml"));
  const lines = await recorded(folder);
  mkdirSync(images, { recursive: true });
  writeFileSync(path.join(images, "demo.svg"), terminalSvg(`npx hueristic ${command.join(" ")}`, lines));
  const page = readdirSync(path.join(folder, "runs")).find((name) => name.endsWith(".html"))!;
  await photographed(path.join(folder, "runs", page), path.join(images, "samples.webp"), executablePath);
} finally {
  rmSync(folder, { recursive: true });
}

/** What the demo says, on both streams, without the name of the folder. */
async function recorded(cwd: string): Promise<TimedLine[]> {
  const began = performance.now();
  const program = spawn(process.execPath, [path.join(root, "bin/hueristic.js"), ...command], { cwd });
  const lines: TimedLine[] = [];
  for (const stream of [program.stdout, program.stderr]) {
    let rest = "";
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      const seconds = (performance.now() - began) / 1000;
      const parts = (rest + chunk).split("\n");
      rest = parts.pop()!;
      for (const text of parts) lines.push({ seconds, text: text.replaceAll(cwd, "/home/ada/colors") });
    });
  }
  const code = await new Promise((resolve) => program.on("close", resolve));
  if (code !== 0)
    throw new Error(`the demo ended with ${code}:\n${lines.map(({ text }) => text).join("\n")}`);
  return lines;
}

async function photographed(page: string, out: string, executable: string): Promise<void> {
  const browser = await chromium.launch({
    executablePath: executable,
    args: ["--no-sandbox", "--disable-gpu"],
  });
  try {
    const context = await browser.newContext({ offline: true, viewport: { width: 1000, height: 900 } });
    const opened = await context.newPage();
    await opened.goto(pathToFileURL(page).href);
    await opened.locator("section#samples").scrollIntoViewIfNeeded();
    await opened.waitForTimeout(1000);
    await sharp(await opened.locator("section#samples").screenshot())
      .webp({ quality: 75 })
      .toFile(out);
  } finally {
    await browser.close();
  }
}
