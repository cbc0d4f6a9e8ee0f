// Native TensorFlow.js, tfjs-node-gpu or tfjs-node, where its binding loads.

import { createRequire } from "node:module";
import { messageOf } from "../errors.ts";
import { replaceGather } from "./tensorflow-gather.ts";

const require = createRequire(import.meta.url);

/** tfjs-node as far as we use it: loading it registers the "tensorflow" backend. */
type NativeTensorFlow = {
  readonly version: Readonly<Record<string, string>>;
  backend(): {
    readonly binding: { readonly TF_Version: string };
    readonly isGPUPackage?: boolean;
    readonly isUsingGpuDevice?: boolean;
  };
};

const nativePackages = ["@tensorflow/tfjs-node-gpu", "@tensorflow/tfjs-node"] as const;

export type NativeProbe =
  | { readonly found: true; readonly version: string; readonly gpu: boolean }
  | {
      readonly found: false;
      readonly reason: string /** Whether a package is there and does not load. */;
      readonly installed: boolean;
    };

let nativeProbe: NativeProbe | null = null;

/** Loads the first native TensorFlow.js package whose binding works. */
export async function probeNative(): Promise<NativeProbe> {
  nativeProbe ??= await loadNative();
  return nativeProbe;
}

async function loadNative(): Promise<NativeProbe> {
  // TensorFlow's own notes about the processor and its threads; errors still show.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= "2";
  const failures: string[] = [];
  for (const name of nativePackages) {
    try {
      require.resolve(name);
    } catch {
      continue;
    }
    try {
      restoreIsNullOrUndefined();
      const tensorflow = require(name) as NativeTensorFlow;
      const tf = await import("@tensorflow/tfjs-core");
      replaceGather();
      await tf.setBackend("tensorflow");
      const { binding, isGPUPackage = false, isUsingGpuDevice = false } = tensorflow.backend();
      const version = tensorflow.version["tfjs-node"] ?? tf.version_core;
      return {
        found: true,
        version: `${name} ${version}, TensorFlow ${binding.TF_Version}`,
        gpu: isGPUPackage && isUsingGpuDevice,
      };
    } catch (error) {
      failures.push(`${name} does not load: ${messageOf(error).split("\n")[0]}`);
    }
  }
  return failures.length > 0
    ? { found: false, reason: failures.join("; "), installed: true }
    : { found: false, reason: "@tensorflow/tfjs-node-gpu is not installed", installed: false };
}

/** tfjs-node 4.22 calls util.isNullOrUndefined, which Node 23 removed. */
function restoreIsNullOrUndefined(): void {
  const util = require("node:util") as Record<string, unknown>;
  util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
}
