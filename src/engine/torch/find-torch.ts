// The PyTorch of this computer: which Python has it and what it reaches, asked once.

import { messageOf, UserError } from "../../errors.ts";
import { findPython } from "./find-python.ts";
import { findingOf, type TorchFinding } from "./torch-finding.ts";
import { startTorch, type TorchProcess } from "./torch-process.ts";

let finding: Promise<TorchFinding> | null = null;
/** The process that was asked, until an engine takes it. */
let idle: TorchProcess | null = null;

export function probeTorch(): Promise<TorchFinding> {
  finding ??= look();
  return finding;
}

async function look(): Promise<TorchFinding> {
  const python = findPython();
  try {
    const started = await startTorch(python);
    const found = findingOf(started.introduction);
    if (found.found) idle = started;
    else started.end();
    return found;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return {
      found: false,
      reason: error.message,
      remedy: "Python 3.9 or newer with PyTorch: pip install torch, and HUERISTIC_PYTHON naming that Python",
    };
  }
}

/** Why the PyTorch that was found is of no use on a device. */
export type DeviceFault = { readonly device: string; readonly reason: string };

/** Computes on these devices: where it cannot, or gets wrong numbers, and what else there is to say. For `hueristic doctor`. */
export async function examineTorch(
  devices: readonly string[],
): Promise<{ readonly faults: readonly DeviceFault[]; readonly notes: readonly string[] }> {
  const [faults, notes]: [DeviceFault[], string[]] = [[], []];
  for (const device of devices) {
    try {
      const { result } = await idle!.ask("examine", { device });
      const { wrong, withOneDnn } = result as { wrong: string[]; withOneDnn: string[] };
      if (wrong.length > 0)
        faults.push({ device, reason: `computes wrong numbers on ${device} (${wrong.join(", ")})` });
      else if (withOneDnn.length > 0)
        notes.push(`without its oneDNN, which computes wrong numbers (${withOneDnn.join(", ")})`);
    } catch (error) {
      // Such as a GPU that this build has no kernels for, or whose memory others have filled.
      const [reason] = messageOf(error).split("\n");
      faults.push({ device, reason: `does not work on ${device}: ${reason}` });
    }
  }
  return { faults, notes };
}

/** A process for one engine. Throws UserError where there is no PyTorch. */
export async function takeTorch(): Promise<TorchProcess> {
  const found = await probeTorch();
  if (!found.found) throw new UserError(`engine: torch: ${found.reason}; what it needs: ${found.remedy}`);
  const taken = idle ?? (await startTorch(findPython()));
  idle = null;
  return taken;
}

/** Ends the process that was asked, where no engine took it. */
export function dismissTorch(): void {
  idle?.end();
  idle = null;
}
