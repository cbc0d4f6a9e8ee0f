// What the introduction of a Python means: which PyTorch it has and what that reaches, or the one command that adds it.

import type { Introduction, TorchDevice } from "./torch-process.ts";

export type TorchFinding =
  | {
      readonly found: true;
      /** Such as "PyTorch 2.13.0+cpu, Python 3.11.7 (/opt/venv/bin/python)". */
      readonly version: string;
      /** Such as "CUDA 13.0"; null where this PyTorch was built for the CPU alone. */
      readonly platform: string | null;
      readonly executable: string;
      readonly devices: readonly TorchDevice[];
    }
  | { readonly found: false; readonly reason: string; readonly remedy: string };

/** What an introduction means. */
export function findingOf(said: Introduction): TorchFinding {
  const { python, executable } = said;
  const where = `Python ${python} (${executable})`;
  if (said.torch === null) {
    return said.missing
      ? lacking(`${where} has no PyTorch`, `${executable} -m pip install torch`)
      : lacking(
          `PyTorch does not load in ${where}: ${said.reason}`,
          `${executable} -m pip install --force-reinstall torch`,
        );
  }
  if (said.tooOld) {
    return lacking(
      `PyTorch ${said.torch} in ${where} is too old: 2.1 or newer is needed`,
      `${executable} -m pip install --upgrade torch`,
    );
  }
  const platform = said.rocm ? `ROCm ${said.rocm}` : said.cuda ? `CUDA ${said.cuda}` : null;
  return {
    found: true,
    version: `PyTorch ${said.torch}, Python ${python} (${executable})`,
    platform,
    executable,
    devices: said.devices,
  };
}

/** Such as "NVIDIA H100 80GB HBM3, 79 GiB, CUDA 13.0". */
export function describeTorchDevice(
  { description, bytes }: TorchDevice,
  { platform }: Extract<TorchFinding, { found: true }>,
): string {
  const memory = bytes === null ? [] : [`${(bytes / 2 ** 30).toFixed(0)} GiB`];
  return [description, ...memory, ...(platform === null ? [] : [platform])].join(", ");
}

function lacking(reason: string, remedy: string): TorchFinding {
  return { found: false, reason, remedy };
}
