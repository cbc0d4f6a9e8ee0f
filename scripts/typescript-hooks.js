// Hands Node the JavaScript of TypeScript modules, as esbuild makes it of one file at a time. What it made is kept under
// node_modules/.cache, a file for each module, which opens with the hash of all that it was made of: never stale.
// Imports name the file with its extension (tsconfig.json), so finding our modules is joining paths.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = path.join(root, "node_modules/.cache/hueristic-typescript");
const { version } = JSON.parse(readFileSync(path.join(root, "node_modules/esbuild/package.json"), "utf8"));
const options = { loader: "ts", target: "node20", sourcemap: "inline", sourcesContent: false };
/** What the result depends on beside the source. */
const made = JSON.stringify({ version, options });

const isOurs = (url) => /^file:.*\.ts$/.test(url) && !url.includes("/node_modules/");

/** Of our own modules there is nothing to look for, nor a format to find out. */
export async function resolve(specifier, context, next) {
  if (/^\.{1,2}\/.*\.ts$/.test(specifier) && isOurs(context.parentURL ?? "")) {
    const { href } = new URL(specifier, context.parentURL);
    return { url: href, format: "module", shortCircuit: true };
  }
  return next(specifier, context);
}

export async function load(url, context, next) {
  if (!isOurs(url)) return next(url, context);
  const file = fileURLToPath(url);
  const text = readFileSync(file, "utf8");
  const hash = createHash("sha256").update(`${made}\n${text}`).digest("hex");
  const kept = path.join(folder, `${path.relative(root, file).replace(/[^\w.-]/g, "+")}.js`);
  // On the first line, so that line numbers stay.
  const mark = `/* ${hash} */`;
  let source = read(kept, mark);
  if (source === undefined) {
    source = `${mark}${await transform(text, path.basename(file))}`;
    keep(kept, source);
  }
  return { format: "module", source, shortCircuit: true };
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
  const { code } = await esbuild.transform(text, { ...options, sourcefile });
  return code;
}

/** Several processes may do so at once. Where nothing can be written, the next process transforms again. */
function keep(file, source) {
  const writing = `${file}.${process.pid}`;
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(writing, source);
    renameSync(writing, file);
  } catch {
    rmSync(writing, { force: true });
  }
}
