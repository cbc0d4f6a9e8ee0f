// What a look at the GPUs and drivers of a computer means: which engines reach a device, or what it lacks and the one
// thing to do about it. Pure, so that computers can be tried that are not there.

import type { HostGpu } from "./host-gpus.ts";
import type { ProviderProbe } from "./onnx/probe-provider.ts";
import { describeTorchDevice, type TorchFinding } from "./torch/torch-finding.ts";

export type Missing = { readonly found: false; readonly reason: string; readonly remedy: string };

/** The engines that reach a device, the one to take first; or why there is none and the one thing to do about it. */
export type DeviceProbe = { readonly found: true; readonly engines: readonly EngineOnDevice[] } | Missing;

export type EngineOnDevice = {
  readonly engine: "onnx" | "torch" | "tensorflow";
  /** As runs record it, such as "cuda (NVIDIA H100, 80 GiB, driver 550.54)". */
  readonly device: string;
  /** A driver that computes on the CPU: never taken unless it is asked for by name. */
  readonly software: boolean;
};

export type CudaFacts = {
  /** The first of NVIDIA's GPUs whose driver answers. */
  readonly gpu: HostGpu | undefined;
  readonly torch: TorchFinding;
  /** Of ONNX Runtime's CUDA provider; null where it is not installed. */
  readonly onnx: ProviderProbe | null;
  /** Whether native TensorFlow computes on the GPU. */
  readonly tensorflow: boolean;
};

/** PyTorch first: the state stays on the device. A PyTorch for ROCm calls AMD's GPUs cuda. */
export function cudaFinding({ gpu, torch, onnx, tensorflow }: CudaFacts): DeviceProbe {
  const engines: EngineOnDevice[] = [];
  const reached = torch.found ? torch.devices.find(({ name }) => name.startsWith("cuda")) : undefined;
  if (torch.found && reached) {
    const described = gpu?.description ?? describeTorchDevice(reached, torch);
    engines.push({ engine: "torch", device: `cuda (${described})`, software: false });
  }
  if (gpu) {
    const device = `cuda (${gpu.description})`;
    if (onnx?.works) engines.push({ engine: "onnx", device, software: false });
    if (tensorflow) engines.push({ engine: "tensorflow", device, software: false });
  }
  if (engines.length > 0) return { found: true, engines };
  if (!gpu)
    return missing(
      "no NVIDIA GPU whose driver answers",
      "NVIDIA's driver for the GPU; a container is started with --gpus all (docs/gpu.md)",
    );
  const here = `${gpu.description} is here`;
  if (!torch.found) return missing(`${here}; for engine: torch, ${torch.reason}`, torch.remedy);
  return torch.platform === null
    ? missing(
        `${here}; ${torch.version} was built for the CPU alone`,
        `${torch.executable} -m pip install --force-reinstall torch --index-url https://download.pytorch.org/whl/cu130`,
      )
    : missing(
        `${here}; ${torch.version} for ${torch.platform} does not reach it`,
        "a driver as new as that, or a PyTorch for an older CUDA (https://pytorch.org/get-started)",
      );
}

/** Apple's GPUs, by PyTorch alone. */
export function mpsFinding(torch: TorchFinding): DeviceProbe {
  if (!torch.found) return missing(torch.reason, torch.remedy);
  const device = torch.devices.find(({ name }) => name === "mps");
  if (!device)
    return missing(
      `${torch.version} does not reach Apple's GPU`,
      "macOS 13 or newer on Apple silicon, with a Python built for it",
    );
  return {
    found: true,
    engines: [{ engine: "torch", device: `mps (${device.description})`, software: false }],
  };
}

export type WebGpuFacts = {
  /** The first GPU whose driver answers. */
  readonly gpu: HostGpu | undefined;
  /** Of ONNX Runtime's WebGPU provider; with software drivers left aside where one of a GPU works. */
  readonly onnx: ProviderProbe;
};

export function webGpuFinding({ gpu, onnx }: WebGpuFacts): DeviceProbe {
  if (onnx.works) {
    const { software } = onnx;
    const what = software === null ? gpu?.description : `${software}, on the CPU`;
    const device = what === undefined ? "webgpu" : `webgpu (${what})`;
    return { found: true, engines: [{ engine: "onnx", device, software: software !== null }] };
  }
  if (!gpu)
    return missing(
      `no GPU whose driver answers; ${onnx.reason}`,
      "a GPU with its driver; a container must be given it (docs/gpu.md)",
    );
  const remedy = onnx.reason.startsWith("libvulkan")
    ? "Vulkan's loader: apt-get install libvulkan1"
    : gpu.nvidia
      ? "the Vulkan part of NVIDIA's driver; in a container NVIDIA_DRIVER_CAPABILITIES=all (docs/gpu.md)"
      : "a recent Vulkan driver: apt-get install mesa-vulkan-drivers, version 23 or later";
  return missing(`${gpu.description} is here; ${onnx.reason}`, remedy);
}

export function missing(reason: string, remedy: string): Missing {
  return { found: false, reason, remedy };
}
