// The script and the style of the pages, made once a process: client/main.js with the parts of Chart.js that it uses.

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { PageAssets } from "./page-html.ts";

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

let made: Promise<PageAssets> | undefined;

export function pageAssets(): Promise<PageAssets> {
  made ??= makeAssets();
  return made;
}

async function makeAssets(): Promise<PageAssets> {
  const beside = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  const [style, { outputFiles }] = await Promise.all([
    Promise.all(styles.map((name) => readFile(beside(`style/${name}.css`), "utf8"))),
    build({
      entryPoints: [beside("client/main.js")],
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
