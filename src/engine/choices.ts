// What an experiment may ask for. Loads nothing.

export const engineChoices = ["auto", "onnx", "torch", "tensorflow"] as const;
export type EngineChoice = (typeof engineChoices)[number];

export const deviceNames = ["cpu", "cuda", "mps", "webgpu"] as const;
export type DeviceName = (typeof deviceNames)[number];

/** One of several GPUs has its number. */
export type Device = DeviceName | `cuda:${number}`;
export type DeviceChoice = "auto" | Device;

export const devicePattern = /^(auto|cpu|cuda|cuda:\d{1,2}|mps|webgpu)$/;
export const deviceWords = "one of auto, cpu, cuda, cuda:1 (and so on), mps, webgpu";

export function isDeviceChoice(text: string): text is DeviceChoice {
  return devicePattern.test(text);
}

export function kindOfDevice(device: Device): DeviceName {
  return device.startsWith("cuda") ? "cuda" : (device as DeviceName);
}

/** tf32: products of float32 numbers rounded to 10 bits, on NVIDIA's GPUs from Ampere on. */
export const precisions = ["float32", "tf32", "bfloat16"] as const;
export type Precision = (typeof precisions)[number];
