// Hands Node the JavaScript of TypeScript modules, as esbuild makes it of one file at a time. What it made is kept under
// node_modules/.cache, a file for each module, which opens with the hash of the source that it was made of: never stale.
// Imports name the file with its extension (tsconfig.json), so finding modules is Node's own.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = path.join(root, "node_modules/.cache/hueristic-typescript");
const { version } = JSON.parse(readFileSync(path.join(root, "node_modules/esbuild/package.json"), "utf8"));

export async function load(url, context, next) {
  if (!/^file:.*\.ts$/.test(url) || url.includes("/node_modules/")) return next(url, context);
  const file = fileURLToPath(url);
  const text = String((await next(url, { ...context, format: "module" })).source);
  const hash = createHash("sha256").update(`${version}\n${text}`).digest("hex");
  const kept = path.join(folder, `${path.relative(root, file).replace(/[^\w.-]/g, "+")}.js`);
  // On the first line, so that line numbers stay.
  const mark = `/* ${hash} */`;
  let source = read(kept, mark);
  if (source === undefined) {
    source = `${mark}${await transform(text, path.basename(file))}`;
    keep(kept, source);
  }
  return { format: "module", source };
}

function read(file, mark) {
  try {
    const source = readFileSync(file, "utf8");
    return source.startsWith(mark) ? source : undefined;
  } catch {
    return undefined;
  }
}

async function transform(text, sourcefile) {
  const esbuild = await import("esbuild");
  const sourcemap = { sourcemap: "inline", sourcesContent: false, sourcefile };
  const { code } = await esbuild.transform(text, { loader: "ts", target: "node20", ...sourcemap });
  return code;
}

/** Several processes may do so at once. Where nothing can be written, the next process transforms again. */
function keep(file, source) {
  try {
    mkdirSync(folder, { recursive: true });
    const writing = `${file}.${process.pid}`;
    writeFileSync(writing, source);
    renameSync(writing, file);
  } catch {}
}
