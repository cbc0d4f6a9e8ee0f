// Native TensorFlow.js, tfjs-node-gpu or tfjs-node, where its binding loads.

import { createRequire } from "node:module";
import { messageOf } from "../errors.ts";

const require = createRequire(import.meta.url);

/** tfjs-node as far as we use it: loading it registers the "tensorflow" backend. */
type NativeTensorFlow = {
  readonly version: Readonly<Record<string, string>>;
  backend(): { readonly isGPUPackage?: boolean; readonly isUsingGpuDevice?: boolean };
};

const nativePackages = ["@tensorflow/tfjs-node-gpu", "@tensorflow/tfjs-node"] as const;

export type NativeProbe =
  | { readonly found: true; readonly version: string; readonly gpu: boolean }
  | { readonly found: false; readonly reason: string };

let nativeProbe: NativeProbe | null = null;

/** Loads the first native TensorFlow.js package whose binding works. */
export async function probeNative(): Promise<NativeProbe> {
  nativeProbe ??= await loadNative();
  return nativeProbe;
}

async function loadNative(): Promise<NativeProbe> {
  // TensorFlow's own notes about the processor and its threads; errors still show.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= "2";
  const reasons: string[] = [];
  for (const name of nativePackages) {
    try {
      require.resolve(name);
    } catch {
      reasons.push(`${name} is not installed`);
      continue;
    }
    try {
      restoreIsNullOrUndefined();
      const tensorflow = require(name) as NativeTensorFlow;
      const tf = await import("@tensorflow/tfjs-core");
      await tf.setBackend("tensorflow");
      const { isGPUPackage = false, isUsingGpuDevice = false } = tensorflow.backend();
      const version = tensorflow.version["tfjs-node"] ?? tf.version_core;
      return { found: true, version: `${name} ${version}`, gpu: isGPUPackage && isUsingGpuDevice };
    } catch (error) {
      reasons.push(`${name} does not load: ${messageOf(error).split("\n")[0]}`);
    }
  }
  return { found: false, reason: reasons.join("; ") };
}

/** tfjs-node 4.22 calls util.isNullOrUndefined, which Node 23 removed. */
function restoreIsNullOrUndefined(): void {
  const util = require("node:util") as Record<string, unknown>;
  util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
}
