// Which engines this machine has, and the one that an experiment asks for.

import { createRequire } from "node:module";
import os from "node:os";
import { messageOf, UserError } from "../errors.ts";
import type { EngineChoice } from "../experiment/experiment.ts";
import type { Engine } from "./engine.ts";

export type EngineProbe = {
  readonly name: string;
  readonly available: boolean;
  readonly version: string | null;
  readonly device: string | null;
  /** Why it is not there. */
  readonly reason: string | null;
  /** What would make it available. */
  readonly remedy: string | null;
};

const require = createRequire(import.meta.url);

/** tfjs-node as far as we use it: loading it registers the "tensorflow" backend. */
type NativeTensorFlow = {
  readonly version: Readonly<Record<string, string>>;
  backend(): { readonly isGPUPackage?: boolean; readonly isUsingGpuDevice?: boolean };
};

const nativePackages = ["@tensorflow/tfjs-node-gpu", "@tensorflow/tfjs-node"] as const;

type NativeProbe =
  | { readonly found: true; readonly package: string; readonly version: string; readonly gpu: boolean }
  | { readonly found: false; readonly reason: string };

let nativeProbe: NativeProbe | null = null;

/** Loads the first native TensorFlow.js package whose binding works. */
async function probeNative(): Promise<NativeProbe> {
  if (nativeProbe) return nativeProbe;
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
      nativeProbe = { found: true, package: name, version, gpu: isGPUPackage && isUsingGpuDevice };
      return nativeProbe;
    } catch (error) {
      reasons.push(`${name} does not load: ${messageOf(error).split("\n")[0]}`);
    }
  }
  nativeProbe = { found: false, reason: reasons.join("; ") };
  return nativeProbe;
}

/** tfjs-node 4.22 calls util.isNullOrUndefined, which Node 23 removed. */
function restoreIsNullOrUndefined(): void {
  const util = require("node:util") as Record<string, unknown>;
  util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
}

/** The state of every engine, for `hueristic doctor`. */
export async function probeEngines(): Promise<readonly EngineProbe[]> {
  return [await probeOnnx(), describeNative(await probeNative())];
}

async function probeOnnx(): Promise<EngineProbe> {
  try {
    const { openOnnxEngine } = await import("./onnx/onnx-engine.ts");
    const { version, device } = openOnnxEngine();
    return { name: "onnx", available: true, version, device, reason: null, remedy: null };
  } catch (error) {
    return {
      name: "onnx",
      available: false,
      version: null,
      device: null,
      reason: messageOf(error).split("\n")[0]!,
      remedy:
        "npm ci on linux-x64, linux-arm64, macOS arm64 or Windows, for which onnxruntime-node has binaries",
    };
  }
}

function describeNative(probe: NativeProbe): EngineProbe {
  if (!probe.found) {
    return {
      name: "tensorflow",
      available: false,
      version: null,
      device: null,
      reason: probe.reason,
      remedy:
        "npm install @tensorflow/tfjs-node-gpu where it can fetch libtensorflow, or scripts/link-tensorflow.sh to build its binding against the TensorFlow of your Python (docs/engines.md)",
    };
  }
  return {
    name: "tensorflow",
    available: true,
    version: `${probe.package} ${probe.version}`,
    device: nativeDevice(probe.gpu),
    reason: null,
    remedy: null,
  };
}

function nativeDevice(gpu: boolean): string {
  return gpu ? "cuda" : `cpu (${os.availableParallelism()} threads)`;
}

/**
 * Opens the engine that an experiment asks for. `auto` is TensorFlow where it has a GPU and ONNX Runtime otherwise,
 * which is faster than eager TensorFlow on a CPU. Throws UserError when the engine is not there.
 */
export async function openEngine(choice: EngineChoice, threads?: number): Promise<Engine> {
  const probe = choice === "onnx" ? null : await probeNative();
  if (probe?.found && (choice === "tensorflow" || probe.gpu)) {
    const { createEagerEngine } = await import("./eager-engine.ts");
    return createEagerEngine({
      name: "tensorflow",
      backend: "tensorflow",
      device: nativeDevice(probe.gpu),
      version: `${probe.package} ${probe.version}`,
    });
  }
  if (choice === "tensorflow") {
    const { reason } = probe as { reason: string };
    throw new UserError(
      `engine: tensorflow is not available: ${reason}; hueristic doctor says what would help`,
    );
  }
  const { openOnnxEngine } = await import("./onnx/onnx-engine.ts");
  return openOnnxEngine(threads === undefined ? {} : { threads });
}
