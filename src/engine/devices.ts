// Which devices a training may run on here, what each of them is, and what a missing one needs.

import os from "node:os";
import type { DeviceName } from "./choices.ts";
import {
  cudaFinding,
  type DeviceProbe,
  type EngineOnDevice,
  missing,
  mpsFinding,
  webGpuFinding,
} from "./device-findings.ts";
import { hostGpus, mayHaveGpu } from "./host-gpus.ts";
import { probeNative } from "./tensorflow-native.ts";
import { probeTorch } from "./torch/find-torch.ts";

export function describeCpu(threads = os.availableParallelism()): string {
  return `cpu (${threads} threads)`;
}

export function onCpu(engine: EngineOnDevice["engine"]): EngineOnDevice {
  return { engine, device: describeCpu(), software: false };
}

export async function probeDevice(name: DeviceName): Promise<DeviceProbe> {
  if (name === "cpu") return probeCpu();
  if (name === "cuda") return probeCuda();
  return name === "mps" ? probeMps() : probeWebGpu();
}

async function probeCpu(): Promise<DeviceProbe> {
  const [torch, native] = [await probeTorch(), await probeNative()];
  const engines: EngineOnDevice[] = [onCpu("onnx")];
  if (torch.found) engines.push(onCpu("torch"));
  if (native.found && !native.gpu) engines.push(onCpu("tensorflow"));
  return { found: true, engines };
}

async function probeCuda(): Promise<DeviceProbe> {
  const gpu = mayHaveGpu() ? hostGpus().find(({ nvidia }) => nvidia) : undefined;
  const torch = await probeTorch();
  if (!gpu) return cudaFinding({ gpu, torch, onnx: null, tensorflow: false });
  const { providers } = await import("./onnx/providers.ts");
  const { hasProvider, probeProvider } = await import("./onnx/probe-provider.ts");
  const native = await probeNative();
  const onnx = hasProvider("cuda") ? probeProvider(providers.cuda) : null;
  return cudaFinding({ gpu, torch, onnx, tensorflow: native.found && native.gpu });
}

async function probeMps(): Promise<DeviceProbe> {
  const isMac = os.platform() === "darwin";
  if (!isMac) return missing("no Mac", "a Mac with Apple silicon; elsewhere device: cuda or webgpu");
  return mpsFinding(await probeTorch());
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
