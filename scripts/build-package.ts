// Run by `npm pack`: makes dist/ from src/ (docs/decisions/0011-packaging.md).
//
// What esbuild makes at run time in a checkout is made here once, so that a package does without it: the two
// modules that call it are replaced by ones that hold the results.

import { execFileSync } from "node:child_process";
import { cpSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gradientBundle } from "../src/engine/gradient-bundle.ts";
import { pageAssets, pageEntries } from "../src/report/build-client.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = path.join(root, "dist");

/** Programs of threads and child processes, which TypeScript leaves alone. */
const programs = [
  "engine/onnx/session-worker.js",
  "engine/onnx/provider-probe.cjs",
  "engine/torch/worker.py",
];

rmSync(dist, { recursive: true, force: true });
const compiler = path.join(root, "node_modules/typescript/bin/tsc");
execFileSync(process.execPath, [compiler, "-p", path.join(root, "scripts/tsconfig.build.json")], {
  stdio: "inherit",
});
for (const file of programs) cpSync(path.join(root, "src", file), path.join(dist, file));

const assets = Object.fromEntries(
  await Promise.all(pageEntries.map(async (entry) => [entry, await pageAssets(entry)])),
);
writeFileSync(
  path.join(dist, "report/build-client.js"),
  `const assets = ${JSON.stringify(assets)};\nexport const pageAssets = async (entry = "file") => assets[entry];\n`,
);
writeFileSync(
  path.join(dist, "engine/gradient-bundle.js"),
  `const text = ${JSON.stringify(gradientBundle())};\nexport const gradientBundle = () => text;\n`,
);
