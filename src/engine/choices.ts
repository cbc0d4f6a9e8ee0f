// What an experiment may ask for. Loads nothing.

export const engineChoices = ["auto", "onnx", "tensorflow"] as const;
export type EngineChoice = (typeof engineChoices)[number];

export const deviceNames = ["cpu", "cuda", "webgpu"] as const;
export type DeviceName = (typeof deviceNames)[number];

export const deviceChoices = ["auto", ...deviceNames] as const;
export type DeviceChoice = (typeof deviceChoices)[number];
