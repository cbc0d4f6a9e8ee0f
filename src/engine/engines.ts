// Which engines this machine has, and the one that an experiment asks for, on the device that it asks for.

import { messageOf, UserError } from "../errors.ts";
import { checkedAgainst } from "./checked-engine.ts";
import {
  type Device,
  type DeviceChoice,
  type DeviceName,
  type EngineChoice,
  kindOfDevice,
  type Precision,
} from "./choices.ts";
import { type DeviceProbe, type EngineOnDevice, type Missing, missing } from "./device-findings.ts";
import { describeCpu, onCpu, probeDevice } from "./devices.ts";
import type { Engine } from "./engine.ts";
import { mayHaveGpu } from "./host-gpus.ts";
import { probeNative } from "./tensorflow-native.ts";
import { dismissTorch, examineTorch, probeTorch, takeTorch } from "./torch/find-torch.ts";
import { otherTorch } from "./torch/torch-process.ts";

/** An engine's version, or why it is not there and what would make it available. */
export type EngineProbe =
  | {
      readonly found: true;
      readonly version: string;
      /** The devices on which it was seen to compute; left out where it was not tried. */
      readonly on?: readonly DeviceName[];
    }
  | Missing;

/** The state of every engine, for `hueristic doctor`. */
export async function probeEngines(): Promise<Readonly<Record<Exclude<EngineChoice, "auto">, EngineProbe>>> {
  return { onnx: await probeOnnx(), torch: await probeTorchEngine(), tensorflow: await probeTensorFlow() };
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

async function probeTorchEngine(): Promise<EngineProbe> {
  const found = await probeTorch();
  if (!found.found) return found;
  const built = found.platform ?? "built for the CPU";
  const devices = ["cpu", ...found.devices.map(({ name }) => name)];
  const { faults, notes } = await examineTorch(devices);
  const reasons = faults.map(({ reason }) => reason);
  if (faults.length === devices.length) return missing(`${found.version}: ${reasons.join("; ")}`, otherTorch);
  const isSound = (device: string) => faults.every((fault) => fault.device !== device);
  return {
    found: true,
    version: [found.version, built, ...notes, ...reasons].join(", "),
    on: [...new Set(devices.filter(isSound).map((device) => kindOfDevice(device as Device)))],
  };
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
  readonly precision?: Precision | undefined;
  readonly deterministic?: boolean | undefined;
  warn?(message: string): void;
};

/**
 * Opens the engine that an experiment asks for, on the device that it asks for. The device `auto` is CUDA, else Apple's
 * GPU, else WebGPU on a real GPU, else the CPU; the engine `auto` is PyTorch on a GPU that it reaches and the traced one
 * on the CPU. Throws UserError when what is asked for is not there.
 */
export async function openEngine(engine: EngineChoice, options: OpenEngineOptions = {}): Promise<Engine> {
  const { device = "auto", precision = "float32" } = options;
  // Only PyTorch has the others.
  const wanted = engine === "auto" && precision !== "float32" ? "torch" : engine;
  const { found, on, why } = await choose(wanted, device);
  if (found.engine !== "torch") dismissTorch();
  refusePrecision(found, on, precision);
  return { ...(await open(found, on, options)), why: engine === "auto" ? why : "asked for" };
}

type Chosen = { readonly found: EngineOnDevice; readonly on: Device; readonly why: string };

async function choose(engine: EngineChoice, device: DeviceChoice): Promise<Chosen> {
  if (device !== "auto") {
    const probe = await lookFor(kindOfDevice(device), engine);
    const found = engineOn(probe, engine);
    if (!found) throw new UserError(notThere(device, engine, probe));
    return { found, on: device, why: `the first that reaches ${device}` };
  }
  if (mayHaveGpu()) {
    for (const gpu of ["cuda", "mps", "webgpu"] as const) {
      const found = engineOn(await lookFor(gpu, engine), engine);
      if (found && !found.software) return { found, on: gpu, why: `the first that reaches ${gpu}` };
    }
  }
  const cpu = await lookFor("cpu", engine);
  const found = engineOn(cpu, engine);
  if (!found) throw new UserError(notThere("cpu", engine, cpu));
  return { found, on: "cpu", why: "no GPU that an engine reaches" };
}

/** Without loading TensorFlow or starting Python, which take seconds, where the traced engine will do. */
async function lookFor(device: DeviceName, engine: EngineChoice): Promise<DeviceProbe> {
  if (device !== "cpu" || engine === "tensorflow") return probeDevice(device);
  if (engine !== "torch") return { found: true, engines: [onCpu("onnx")] };
  const torch = await probeTorch();
  return torch.found ? { found: true, engines: [onCpu("torch")] } : torch;
}

function engineOn(probe: DeviceProbe, engine: EngineChoice): EngineOnDevice | undefined {
  if (!probe.found) return undefined;
  return probe.engines.find((one) => engine === "auto" || one.engine === engine);
}

function notThere(device: Device, engine: EngineChoice, probe: DeviceProbe): string {
  if (!probe.found) {
    const what = device === "cpu" ? `engine: ${engine}` : `device: ${device}`;
    return `${what} is not there: ${probe.reason}; what it needs: ${probe.remedy}`;
  }
  const others = probe.engines.map((one) => one.engine).join(", ");
  return `engine: ${engine} is not available on the device ${device}, which ${others} can use; hueristic doctor says what would help`;
}

function refusePrecision({ engine }: EngineOnDevice, device: Device, precision: Precision): void {
  if (precision === "float32") return;
  if (engine !== "torch")
    throw new UserError(
      `precision: expected float32 for the engine ${engine}, got ${precision}, which engine: torch has`,
    );
  if (precision === "tf32" && kindOfDevice(device) !== "cuda")
    throw new UserError(`precision: expected float32 or bfloat16 for the device ${device}, got tf32`);
}

async function open(
  { engine, device, software }: EngineOnDevice,
  on: Device,
  options: OpenEngineOptions,
): Promise<Engine> {
  if (engine === "torch") return openTorch(device, on, options);
  if (on.startsWith("cuda:"))
    throw new UserError(
      `device: ${on}: only engine: torch tells several GPUs apart; set CUDA_VISIBLE_DEVICES and device: cuda for ${engine}`,
    );
  if (engine === "tensorflow") {
    const { createEagerEngine } = await import("./eager-engine.ts");
    const probe = await probeNative();
    if (!probe.found) throw new Error(`tensorflow was there and is gone: ${probe.reason}`);
    return createEagerEngine({ name: "tensorflow", backend: "tensorflow", device, version: probe.version });
  }
  const { openOnnxEngine } = await import("./onnx/onnx-engine.ts");
  const onCpu = options.threads === undefined ? {} : { threads: options.threads };
  const cpu = () => openOnnxEngine(onCpu);
  const name = kindOfDevice(on);
  if (name === "cpu" || name === "mps") {
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

/** Apple's GPU is checked as WebGPU is: its kernels are young. NVIDIA's and AMD's are those of everybody's PyTorch. */
async function openTorch(
  device: string,
  on: Device,
  { threads, precision = "float32", deterministic = false, warn = () => {} }: OpenEngineOptions,
): Promise<Engine> {
  const { createTorchEngine } = await import("./torch/torch-engine.ts");
  const found = await probeTorch();
  const name = on === "cuda" ? "cuda:0" : on;
  const devices = found.found ? found.devices.map((one) => one.name) : [];
  if (name !== "cpu" && !devices.includes(name))
    throw new UserError(`device: ${on} is not there: PyTorch reaches ${devices.join(", ")}`);
  const python = await takeTorch();
  const engine = await createTorchEngine(python, {
    device: name,
    description: on === "cpu" ? describeCpu(threads) : device.replace(/^cuda(?= )/, on),
    threads,
    precision,
    deterministic,
    warn,
  });
  if (on !== "mps") return engine;
  const { openOnnxEngine } = await import("./onnx/onnx-engine.ts");
  return checkedAgainst(engine, () => openOnnxEngine(), precision === "float32" ? 1e-5 : 1e-2);
}
