// The devices that a training may run on, and those of this computer as the operating system knows them.

export const deviceNames = ["cpu", "cuda", "webgpu"] as const;
export type DeviceName = (typeof deviceNames)[number];
