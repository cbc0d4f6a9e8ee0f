// The script and the style of the pages, made once a process: client/main.js with the parts of Chart.js that it uses;
// client/live.js and live.css as well where a page is served.

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { PageAssets } from "./page-html.ts";

type Entry = "main" | "live";

/** Later ones change rules of earlier ones. */
const styles = [
  "base",
  "tables",
  "controls",
  "curves",
  "samples",
  "run-table",
  "sweep",
  "datasets",
  "about",
  "viewer",
  "narrow-and-print",
];

const made = new Map<Entry, Promise<PageAssets>>();

export function pageAssets(entry: Entry = "main"): Promise<PageAssets> {
  const assets = made.get(entry) ?? makeAssets(entry);
  made.set(entry, assets);
  return assets;
}

async function makeAssets(entry: Entry): Promise<PageAssets> {
  const beside = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  const names = entry === "live" ? [...styles, "live"] : styles;
  const [style, { outputFiles }] = await Promise.all([
    Promise.all(names.map((name) => readFile(beside(`style/${name}.css`), "utf8"))),
    build({
      entryPoints: [beside(`client/${entry}.js`)],
      bundle: true,
      minify: true,
      write: false,
      format: "iife",
      target: "es2022",
      legalComments: "none",
      banner: { js: "/* With parts of Chart.js (MIT licence), https://www.chartjs.org */" },
    }),
  ]);
  return { style: style.join(""), script: outputFiles[0]!.text.replaceAll("</script", "<\\/script") };
}
