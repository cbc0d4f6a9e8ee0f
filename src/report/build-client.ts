// The script and the style of the pages, made once a process: what all pages share, then every section's own, with the
// parts of Chart.js that they use; live.ts and live.css as well where a page is served. The pages of colored photographs,
// of photographs to be dropped, and of pairs to be judged have scripts of their own.

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { PageAssets } from "./page-html.ts";
import { sections } from "./sections.ts";

/** Every page that is written; a package is built with the assets of all (scripts/build-package.ts). */
export const pageEntries = ["file", "live", "colorized", "drop", "judge", "router"] as const;

type Entry = (typeof pageEntries)[number];

/** Of one picture over another. */
const stage = "sections/samples/style.css";

const made = new Map<Entry, Promise<PageAssets>>();

export function pageAssets(entry: Entry = "file"): Promise<PageAssets> {
  const assets = made.get(entry) ?? assetsOf(entry);
  made.set(entry, assets);
  return assets;
}

function assetsOf(entry: Entry): Promise<PageAssets> {
  switch (entry) {
    case "colorized":
      return singlePageAssets("colorized", [stage]);
    case "drop":
      return singlePageAssets("drop", [stage, "colorized/style.css", "style/live.css"]);
    case "judge":
      return singlePageAssets("judge");
    case "router":
      return routerAssets();
    default:
      return reportAssets(entry === "live");
  }
}

const folder = fileURLToPath(new URL(".", import.meta.url));

/** What the sections have of a file, in their order. */
function ofSections(name: string): string[] {
  return Object.keys(sections)
    .map((section) => `sections/${section}/${name}`)
    .filter((file) => existsSync(`${folder}${file}`));
}

function reportAssets(isLive: boolean): Promise<PageAssets> {
  // Later ones change rules of earlier ones.
  const styles = [
    ...["base", "tables", "controls", "drawings"].map((name) => `style/${name}.css`),
    ...ofSections("style.css"),
    "style/narrow-and-print.css",
    ...(isLive ? ["style/live.css"] : []),
  ];
  return makeAssets(
    styles,
    entryOf(isLive),
    "/* With parts of Chart.js (MIT licence), https://www.chartjs.org */",
  );
}

function singlePageAssets(page: string, styles: readonly string[] = []): Promise<PageAssets> {
  return makeAssets(
    ["style/base.css", "style/controls.css", ...styles, `${page}/style.css`],
    `import { start } from "./${page}/client.ts"; start();`,
    "",
  );
}

/** It has no script. */
async function routerAssets(): Promise<PageAssets> {
  const styles = ["style/base.css", "style/tables.css", "sections/samples/style.css", "router/style.css"];
  return { ...(await makeAssets(styles, "", "")), script: "" };
}

async function makeAssets(styles: readonly string[], contents: string, banner: string): Promise<PageAssets> {
  const [style, { outputFiles }] = await Promise.all([
    Promise.all(styles.map((file) => readFile(`${folder}${file}`, "utf8"))),
    build({
      stdin: { contents, resolveDir: folder, loader: "ts" },
      bundle: true,
      minify: true,
      write: false,
      format: "iife",
      target: "es2022",
      legalComments: "none",
      banner: { js: banner },
    }),
  ]);
  return { style: style.join(""), script: outputFiles[0]!.text.replaceAll("</script", "<\\/script") };
}

/** The page as it was sent is kept before any script changes it; what makes it live comes last. */
function entryOf(isLive: boolean): string {
  const shared = ["client/pictures.ts", ...ofSections("client.ts")];
  const files = isLive ? ["client/sent.ts", ...shared, "client/live.ts"] : shared;
  return files
    .map((file, at) =>
      file === "client/sent.ts" ? `import "./${file}";` : `import { start as start${at} } from "./${file}";`,
    )
    .concat(files.map((file, at) => (file === "client/sent.ts" ? "" : `start${at}();`)))
    .join("\n");
}
