// What a look at the GPUs and drivers of a computer means: which engines reach a device, or what it lacks and the one
// thing to do about it. Pure, so that computers can be tried that are not there.

import type { HostGpu } from "./host-gpus.ts";
import type { ProviderProbe } from "./onnx/probe-provider.ts";

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

export type CudaFacts = {
  /** The first of NVIDIA's GPUs whose driver answers. */
  readonly gpu: HostGpu | undefined;
  /** Vendors of the graphics cards, with or without a driver. */
  readonly cards: readonly string[];
  /** Of ONNX Runtime's CUDA provider; null where it is not installed. */
  readonly onnx: ProviderProbe | null;
  /** Whether native TensorFlow computes on the GPU. */
  readonly tensorflow: boolean;
};

export function cudaFinding({ gpu, cards, onnx, tensorflow }: CudaFacts): DeviceProbe {
  if (!gpu)
    return cards.includes("NVIDIA")
      ? {
          found: false,
          reason: "an NVIDIA GPU is in this computer, but its driver does not answer",
          remedy:
            "NVIDIA's driver: apt-get install nvidia-driver and restart; a container is started with --gpus all",
        }
      : {
          found: false,
          reason: "no NVIDIA GPU in this computer",
          remedy: "a computer with an NVIDIA GPU; nothing to install helps here",
        };
  const device = describe("cuda", gpu);
  const engines: EngineOnDevice[] = [];
  if (onnx?.works) engines.push({ engine: "onnx", device, software: false });
  if (tensorflow) engines.push({ engine: "tensorflow", device, software: false });
  if (engines.length > 0) return { found: true, engines };
  if (onnx === null || onnx.works)
    return {
      found: false,
      reason: `${describeGpu(gpu)} is here; ONNX Runtime's CUDA provider is not`,
      remedy: "ONNXRUNTIME_NODE_INSTALL=true node node_modules/onnxruntime-node/script/install.js",
    };
  return {
    found: false,
    reason: `${describeGpu(gpu)} is here; ONNX Runtime's CUDA provider does not start: ${onnx.reason}`,
    remedy: "CUDA 12 and cuDNN 9, in LD_LIBRARY_PATH (docs/gpu.md)",
  };
}

export type WebGpuFacts = {
  /** The first GPU whose driver answers. */
  readonly gpu: HostGpu | undefined;
  /** Vendors of the graphics cards, with or without a driver. */
  readonly cards: readonly string[];
  /** Of ONNX Runtime's WebGPU provider; with software drivers left aside where one of a GPU works. */
  readonly onnx: ProviderProbe;
};

export function webGpuFinding({ gpu, cards, onnx }: WebGpuFacts): DeviceProbe {
  if (!onnx.works) return { found: false, ...missingWebGpu(onnx.reason, gpu, cards) };
  const { software } = onnx;
  const device = software === null ? describe("webgpu", gpu) : `webgpu (${software}, on the CPU)`;
  return { found: true, engines: [{ engine: "onnx", device, software: software !== null }] };
}

function missingWebGpu(reason: string, gpu: HostGpu | undefined, cards: readonly string[]) {
  if (!gpu)
    return cards.length === 0
      ? {
          reason: `no GPU in this computer; ${reason}`,
          remedy: "a computer with a GPU; nothing to install helps here",
        }
      : {
          reason: `a GPU of ${cards.join(" and ")} is in this computer, but no driver answers; ${reason}`,
          remedy: "the GPU's driver; a container must be given the GPU (docs/gpu.md)",
        };
  const here = `${describeGpu(gpu)} is here; ${reason}`;
  if (reason.startsWith("libvulkan"))
    return { reason: here, remedy: "Vulkan's loader: apt-get install libvulkan1" };
  const remedy = gpu.nvidia
    ? "the Vulkan part of NVIDIA's driver; in a container NVIDIA_DRIVER_CAPABILITIES=all (docs/gpu.md)"
    : "a recent Vulkan driver: apt-get install mesa-vulkan-drivers, version 23 or later";
  return { reason: here, remedy };
}

/** "webgpu (NVIDIA H100, 80 GiB, driver 550.54)". */
function describe(name: "cuda" | "webgpu", gpu: HostGpu | undefined): string {
  return gpu ? `${name} (${describeGpu(gpu)})` : name;
}

function describeGpu({ name, memoryBytes, driver, nvidia }: HostGpu): string {
  if (memoryBytes !== null) return `${name}, ${(memoryBytes / 2 ** 30).toFixed(0)} GiB, driver ${driver}`;
  return nvidia ? `${name}, driver ${driver}` : `${name}, shared memory, driver ${driver}`;
}
