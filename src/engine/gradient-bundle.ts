// TensorFlow.js's registration of gradients as one CommonJS text, without needing TensorFlow.js's own modules: bundled once
// and kept beside the modules that it was made of, by their versions. In a package this module is replaced by one that
// holds the text (scripts/build-package.ts).

import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { buildSync } from "esbuild";

const require = createRequire(import.meta.url);

export function gradientBundle(): string {
  const versionOf = (name: string) =>
    (require(`${name}/package.json`) as { readonly version: string }).version;
  const folder = fileURLToPath(new URL("../../node_modules/.cache", import.meta.url));
  const kept = path.join(
    folder,
    `gradients-${versionOf("@tensorflow/tfjs-core")}-esbuild-${versionOf("esbuild")}.cjs`,
  );
  try {
    return readFileSync(kept, "utf8");
  } catch {
    const text = bundle();
    keep(kept, text);
    return text;
  }
}

function bundle(): string {
  const esbuild = require("esbuild") as { readonly buildSync: typeof buildSync };
  const { outputFiles } = esbuild.buildSync({
    entryPoints: [require.resolve("@tensorflow/tfjs-core/dist/register_all_gradients.js")],
    bundle: true,
    platform: "node",
    format: "cjs",
    write: false,
    logLevel: "error",
  });
  return outputFiles[0]!.text;
}

/** Several processes may do so at once. Where nothing can be written, the next process bundles again. */
function keep(file: string, text: string): void {
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    const writing = `${file}.${process.pid}`;
    writeFileSync(writing, text);
    renameSync(writing, file);
  } catch {}
}
