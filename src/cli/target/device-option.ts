// `--device` of commands that open networks.

import { type DeviceChoice, deviceWords, isDeviceChoice } from "../../engine/choices.ts";
import { UserError } from "../../errors.ts";

export const deviceDescription = "auto, cpu, cuda, cuda:1, mps or webgpu";

/** null where it is left out. Throws UserError. */
export function readDevice(command: string, text: string | undefined): DeviceChoice | null {
  if (text === undefined) return null;
  if (isDeviceChoice(text)) return text;
  throw new UserError(`${command}: --device: expected ${deviceWords}, got ${JSON.stringify(text)}`);
}
