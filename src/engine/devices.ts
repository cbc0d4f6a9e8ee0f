// Which devices a training may run on here, what each of them is, and what a missing one needs.

import os from "node:os";
import type { DeviceName } from "./choices.ts";
import {
  cudaFinding,
  type DeviceProbe,
  type EngineOnDevice,
  missing,
  webGpuFinding,
} from "./device-findings.ts";
import { hostGpus, mayHaveGpu } from "./host-gpus.ts";
import { probeNative } from "./tensorflow-native.ts";

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
  if (!gpu) return cudaFinding({ gpu, onnx: null, tensorflow: false });
  const { providers } = await import("./onnx/providers.ts");
  const { hasProvider, probeProvider } = await import("./onnx/probe-provider.ts");
  const native = await probeNative();
  const onnx = hasProvider("cuda") ? probeProvider(providers.cuda) : null;
  return cudaFinding({ gpu, onnx, tensorflow: native.found && native.gpu });
}

async function probeWebGpu(): Promise<DeviceProbe> {
  const { providers } = await import("./onnx/providers.ts");
  const { hasProvider, probeProvider, withoutSoftware } = await import("./onnx/probe-provider.ts");
  if (!hasProvider("webgpu"))
    return missing(
      `onnxruntime-node has no WebGPU provider for ${os.platform()}-${os.arch()}`,
      "linux-x64, macOS on Apple silicon or Windows",
    );
  const [gpu] = mayHaveGpu() ? hostGpus() : [];
  // Twice, as a computer may have a GPU and a software driver, and the provider does not say which it took.
  const real = mayHaveGpu() ? probeProvider(providers.webgpu, withoutSoftware) : null;
  return webGpuFinding({ gpu, onnx: real?.works ? real : probeProvider(providers.webgpu) });
}
