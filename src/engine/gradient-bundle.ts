// TensorFlow.js's registration of gradients as one CommonJS text, without needing TensorFlow.js's own modules: bundled
// when asked for. In a package this module is replaced by one that holds the text (scripts/build-package.ts).

import { createRequire } from "node:module";
import { buildSync } from "esbuild";

export function gradientBundle(): string {
  const { outputFiles } = buildSync({
    entryPoints: [
      createRequire(import.meta.url).resolve("@tensorflow/tfjs-core/dist/register_all_gradients.js"),
    ],
    bundle: true,
    platform: "node",
    format: "cjs",
    write: false,
    logLevel: "error",
  });
  return outputFiles[0]!.text;
}
