// Which devices a training may run on here, what each of them is, and what a missing one needs.

import os from "node:os";
import { type HostGpu, hostGpus, mayHaveGpu } from "./host-gpus.ts";
import { probeNative } from "./tensorflow-native.ts";

export const deviceNames = ["cpu", "cuda", "webgpu"] as const;
export type DeviceName = (typeof deviceNames)[number];

/** The engines that reach a device, the one to take first; or why there is none and the one thing to do about it. */
export type DeviceProbe =
  | { readonly found: true; readonly engines: readonly EngineOnDevice[] }
  | { readonly found: false; readonly reason: string; readonly remedy: string };

export type EngineOnDevice = {
  readonly engine: "onnx" | "tensorflow";
  /** As runs record it, such as "cuda (NVIDIA H100, 80 GiB, driver 550.54)". */
  readonly device: string;
  /** A driver that computes on the CPU: never taken unless it is asked for by name. */
  readonly software: boolean;
};

export function describeCpu(threads = os.availableParallelism()): string {
  return `cpu (${threads} threads)`;
}

export async function probeDevice(name: DeviceName): Promise<DeviceProbe> {
  if (name === "cpu") return probeCpu();
  return name === "cuda" ? probeCuda() : probeWebGpu();
}

async function probeCpu(): Promise<DeviceProbe> {
  const native = await probeNative();
  const engines: EngineOnDevice[] = [{ engine: "onnx", device: describeCpu(), software: false }];
  if (native.found && !native.gpu)
    engines.push({ engine: "tensorflow", device: describeCpu(), software: false });
  return { found: true, engines };
}

async function probeCuda(): Promise<DeviceProbe> {
  const gpu = mayHaveGpu() ? hostGpus().find(({ nvidia }) => nvidia) : undefined;
  if (!gpu)
    return {
      found: false,
      reason: "no NVIDIA GPU, or its driver is not loaded",
      remedy: "NVIDIA's driver, on a computer with such a GPU",
    };
  const { providers } = await import("./onnx/providers.ts");
  const { hasProvider, probeProvider } = await import("./onnx/probe-provider.ts");
  const engines: EngineOnDevice[] = [];
  const device = describe("cuda", gpu);
  const onnx = hasProvider("cuda") ? probeProvider(providers.cuda) : null;
  if (onnx?.works) engines.push({ engine: "onnx", device, software: false });
  const native = await probeNative();
  if (native.found && native.gpu) engines.push({ engine: "tensorflow", device, software: false });
  if (engines.length > 0) return { found: true, engines };
  return onnx === null
    ? {
        found: false,
        reason: `${gpu.name} is here; neither ONNX Runtime's CUDA provider nor TensorFlow is`,
        remedy:
          "ONNXRUNTIME_NODE_INSTALL=true node node_modules/onnxruntime-node/script/install.js (docs/gpu.md)",
      }
    : {
        found: false,
        reason: `ONNX Runtime's CUDA provider: ${onnx.works ? "" : onnx.reason}`,
        remedy: "CUDA 12 and cuDNN 9 where the loader finds them (docs/gpu.md)",
      };
}

async function probeWebGpu(): Promise<DeviceProbe> {
  const { providers } = await import("./onnx/providers.ts");
  const { hasProvider, probeProvider, withoutSoftware } = await import("./onnx/probe-provider.ts");
  if (!hasProvider("webgpu"))
    return {
      found: false,
      reason: `onnxruntime-node has no WebGPU provider for ${os.platform()}-${os.arch()}`,
      remedy: "linux-x64, macOS on Apple silicon or Windows",
    };
  const [gpu] = mayHaveGpu() ? hostGpus() : [];
  // Twice, as a computer may have a GPU and a software driver, and the provider does not say which it took.
  const real = mayHaveGpu() ? probeProvider(providers.webgpu, withoutSoftware) : null;
  const any = real?.works ? real : probeProvider(providers.webgpu);
  if (any.works) {
    const { software } = any;
    const device = software === null ? describe("webgpu", gpu) : `webgpu (${software}, on the CPU)`;
    return { found: true, engines: [{ engine: "onnx", device, software: software !== null }] };
  }
  return { found: false, ...missingWebGpu(any.reason, gpu) };
}

function missingWebGpu(reason: string, gpu: HostGpu | undefined) {
  if (!gpu)
    return {
      reason: `this system shows no GPU; ${reason}`,
      remedy: "a GPU with its Vulkan driver; a container must be given it",
    };
  if (reason.startsWith("libvulkan"))
    return { reason, remedy: "Vulkan's loader: apt-get install libvulkan1" };
  const remedy = gpu.nvidia
    ? "the Vulkan part of NVIDIA's driver; in a container NVIDIA_DRIVER_CAPABILITIES=all (docs/gpu.md)"
    : "a recent Vulkan driver: apt-get install mesa-vulkan-drivers, version 23 or later";
  return { reason, remedy };
}

/** "webgpu (NVIDIA H100, 80 GiB, driver 550.54)". */
function describe(name: DeviceName, gpu: HostGpu | undefined): string {
  if (!gpu) return name;
  const memory = gpu.memoryBytes === null ? "shared memory" : `${(gpu.memoryBytes / 2 ** 30).toFixed(0)} GiB`;
  return `${name} (${gpu.name}, ${memory}, driver ${gpu.driver})`;
}
