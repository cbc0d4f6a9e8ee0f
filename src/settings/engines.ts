// What computes, and on what: what an experiment may ask for.

export const engineChoices = ["auto", "onnx", "tensorflow"] as const;
export type EngineChoice = (typeof engineChoices)[number];

export const deviceChoices = ["auto", "cpu", "cuda", "webgpu"] as const;
export type DeviceChoice = (typeof deviceChoices)[number];
