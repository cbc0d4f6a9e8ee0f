// Where the library lies that onnxruntime-node brings, and which version it is: our own binding opens the same file, so
// that a process has one ONNX Runtime. See docs/decisions/0012-native.md.

import "../../no-telemetry.ts";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

export type Library = { readonly path: string; readonly version: string };

/** File names by platform, as onnxruntime-node's binding asks for them. */
const fileNames: Partial<Record<NodeJS.Platform, string>> = {
  linux: "libonnxruntime.so.1",
  darwin: "libonnxruntime.1.dylib",
};

/** Throws where there is none. */
export function findLibrary(): Library {
  const fileName = fileNames[process.platform];
  if (!fileName) throw new Error(`never tried on ${process.platform}`);
  const packageFile = createRequire(import.meta.url).resolve("onnxruntime-node/package.json");
  const { version } = JSON.parse(readFileSync(packageFile, "utf8")) as { version: string };
  const folder = path.join(path.dirname(packageFile), "bin/napi-v6", process.platform, process.arch);
  const file = path.join(folder, fileName);
  if (!existsSync(file)) throw new Error(`${file} is not there`);
  return { path: file, version };
}

/** Null for a version whose library has what the binding needs: from those that it was tried with on (self-check.ts). */
export function problemOf(version: string): string | null {
  const [major, minor] = version.split(".").map(Number) as [number, number];
  return major === 1 && minor >= 29 ? null : `onnxruntime-node ${version}: tried with 1.29 and 1.30`;
}
