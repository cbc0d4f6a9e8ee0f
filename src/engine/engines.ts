// Which engines this machine has, and the one that an experiment asks for, on the device that it asks for.

import { messageOf, UserError } from "../errors.ts";
import { checkedAgainst } from "./checked-engine.ts";
import type { DeviceChoice, DeviceName, EngineChoice } from "./choices.ts";
import { type DeviceProbe, type EngineOnDevice, type Missing, missing } from "./device-findings.ts";
import { describeCpu, probeDevice } from "./devices.ts";
import type { Engine } from "./engine.ts";
import { mayHaveGpu } from "./host-gpus.ts";
import { probeNative } from "./tensorflow-native.ts";

/** An engine's version, or why it is not there and what would make it available. */
export type EngineProbe = { readonly found: true; readonly version: string } | Missing;

/** The state of every engine, for `hueristic doctor`. */
export async function probeEngines(): Promise<Readonly<Record<"onnx" | "tensorflow", EngineProbe>>> {
  return { onnx: await probeOnnx(), tensorflow: await probeTensorFlow() };
}

async function probeOnnx(): Promise<EngineProbe> {
  try {
    const { openOnnxEngine } = await import("./onnx/onnx-engine.ts");
    const { nativeOrNull } = await import("./native/addon.ts");
    return { found: true, version: openOnnxEngine({ native: await nativeOrNull() }).version };
  } catch (error) {
    return missing(
      messageOf(error).split("\n")[0]!,
      "npm ci on linux-x64, linux-arm64, macOS arm64 or Windows, for which onnxruntime-node has binaries",
    );
  }
}

async function probeTensorFlow(): Promise<EngineProbe> {
  const probe = await probeNative();
  if (probe.found) return { found: true, version: probe.version };
  return missing(
    probe.reason,
    probe.installed
      ? "scripts/link-tensorflow.sh, which builds its binding against the TensorFlow of your Python (docs/engines.md)"
      : "npm install --ignore-scripts, then scripts/link-tensorflow.sh (docs/engines.md)",
  );
}

export type OpenEngineOptions = {
  readonly device?: DeviceChoice | undefined;
  /** All cores where it is left out. */
  readonly threads?: number | undefined;
};

/**
 * Opens the engine that an experiment asks for, on the device that it asks for. The device `auto` is CUDA, else WebGPU
 * on a real GPU, else the CPU; the engine `auto` is the traced one where both reach the device. Throws UserError when
 * what is asked for is not there.
 */
export async function openEngine(
  engine: EngineChoice,
  { device = "auto", threads }: OpenEngineOptions = {},
): Promise<Engine> {
  if (device !== "auto") {
    const probe = await lookFor(device, engine);
    const found = engineOn(probe, engine);
    if (found) return open(found, device, threads);
    throw new UserError(notThere(device, engine, probe));
  }
  if (mayHaveGpu()) {
    for (const gpu of ["cuda", "webgpu"] as const) {
      const found = engineOn(await lookFor(gpu, engine), engine);
      if (found && !found.software) return open(found, gpu, threads);
    }
  }
  const cpu = await lookFor("cpu", engine);
  const found = engineOn(cpu, engine);
  if (found) return open(found, "cpu", threads);
  throw new UserError(notThere("cpu", engine, cpu));
}

/** Without loading TensorFlow, which takes a second, where the traced engine will do. */
async function lookFor(device: DeviceName, engine: EngineChoice): Promise<DeviceProbe> {
  if (device !== "cpu" || engine === "tensorflow") return probeDevice(device);
  return { found: true, engines: [{ engine: "onnx", device: describeCpu(), software: false }] };
}

function engineOn(probe: DeviceProbe, engine: EngineChoice): EngineOnDevice | undefined {
  if (!probe.found) return undefined;
  return probe.engines.find((one) => engine === "auto" || one.engine === engine);
}

function notThere(device: DeviceName, engine: EngineChoice, probe: DeviceProbe): string {
  if (!probe.found) return `device: ${device} is not there: ${probe.reason}; what it needs: ${probe.remedy}`;
  const others = probe.engines.map((one) => one.engine).join(", ");
  return `engine: ${engine} is not available on the device ${device}, which ${others} can use; hueristic doctor says what would help`;
}

async function open(
  { engine, device, software }: EngineOnDevice,
  name: DeviceName,
  threads: number | undefined,
): Promise<Engine> {
  if (engine === "tensorflow") {
    const { createEagerEngine } = await import("./eager-engine.ts");
    const probe = await probeNative();
    if (!probe.found) throw new Error(`tensorflow was there and is gone: ${probe.reason}`);
    return createEagerEngine({ name: "tensorflow", backend: "tensorflow", device, version: probe.version });
  }
  const { openOnnxEngine } = await import("./onnx/onnx-engine.ts");
  const onCpu = threads === undefined ? {} : { threads };
  const cpu = () => openOnnxEngine(onCpu);
  if (name === "cpu") {
    const { nativeOrNull, whyNotNative } = await import("./native/addon.ts");
    const opened = openOnnxEngine({ ...onCpu, native: await nativeOrNull() });
    const why = await whyNotNative();
    return why === null ? opened : { ...opened, version: `${opened.version}, no native kernels: ${why}` };
  }
  const { providers } = await import("./onnx/providers.ts");
  const { withoutSoftware } = await import("./onnx/probe-provider.ts");
  // So that this process takes the GPU that was found by its probe.
  if (name === "webgpu" && !software) Object.assign(process.env, withoutSoftware);
  const provider = providers[name];
  return checkedAgainst(openOnnxEngine({ provider, device }), cpu, provider.precision);
}
