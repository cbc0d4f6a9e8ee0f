// The GPUs of this computer whose driver answers, as the operating system knows them, without loading any. Linux in full;
// elsewhere only that there is one. Not tried on macOS and Windows.

import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";

export type HostGpu = {
  /** With memory where it tells, such as "NVIDIA H100 80GB HBM3, 80 GiB, driver 550.54.15". */
  readonly description: string;
  readonly nvidia: boolean;
};

const vendors: Readonly<Record<string, string>> = {
  "0x1002": "AMD",
  "0x10de": "NVIDIA",
  "0x8086": "Intel",
};

/** Whether a file under /dev belongs to a GPU: NVIDIA's driver, a kernel driver's render node, WSL's. */
export function isGpuNode(file: string): boolean {
  return /^\/dev\/(nvidia(\d+|ctl)|dri\/renderD\d+|dxg)$/.test(file);
}

/** A quick look that loads nothing. Elsewhere than on Linux a driver comes with the system. */
export function mayHaveGpu(): boolean {
  if (os.platform() !== "linux") return true;
  return ["/dev", "/dev/dri"]
    .flatMap((folder) => namesIn(folder).map((name) => path.join(folder, name)))
    .some(isGpuNode);
}

export function hostGpus(): readonly HostGpu[] {
  if (os.platform() === "darwin")
    return [{ description: `${os.cpus()[0]?.model.trim() ?? "GPU"}, Metal`, nvidia: false }];
  const nvidia = nvidiaGpus();
  const others = drmGpus("/sys/class/drm").filter((gpu) => !gpu.nvidia || nvidia.length === 0);
  if (os.platform() !== "win32" || nvidia.length > 0) return [...nvidia, ...others];
  return [{ description: "GPU, Direct3D 12", nvidia: false }];
}

function nvidiaGpus(): readonly HostGpu[] {
  for (const program of ["nvidia-smi", "/usr/local/nvidia/bin/nvidia-smi"]) {
    try {
      const query = ["--query-gpu=name,memory.total,driver_version", "--format=csv,noheader,nounits"];
      const stdio: ["ignore", "pipe", "ignore"] = ["ignore", "pipe", "ignore"];
      return parseNvidiaSmi(execFileSync(program, query, { encoding: "utf8", stdio, timeout: 20_000 }));
    } catch {
      // Not installed, or its driver is not loaded.
    }
  }
  return kernelDriverGpus("/proc/driver/nvidia");
}

/** Lines such as "NVIDIA H100 80GB HBM3, 81559, 550.54.15", with the memory in MiB. */
export function parseNvidiaSmi(lines: string): readonly HostGpu[] {
  return lines
    .split("\n")
    .map((line) => line.split(",").map((part) => part.trim()))
    .filter((parts) => parts.length === 3)
    .map(([name, mebibytes, driver]) => {
      const memory = Number.isFinite(Number(mebibytes))
        ? `, ${(Number(mebibytes) / 1024).toFixed(0)} GiB`
        : "";
      return { description: `${name}${memory}, driver ${driver}`, nvidia: true };
    });
}

/** What NVIDIA's kernel driver tells, which a container sees without nvidia-smi. It does not tell the memory. */
export function kernelDriverGpus(folder: string): readonly HostGpu[] {
  const version = textOf(path.join(folder, "version")) ?? "";
  const driver = /Kernel Module.*?\s(\d+(?:\.\d+)+)\s/.exec(version)?.[1] ?? "unknown";
  return namesIn(path.join(folder, "gpus")).flatMap((gpu) => {
    const information = textOf(path.join(folder, "gpus", gpu, "information")) ?? "";
    const name = /^Model:\s*(.+)$/m.exec(information)?.[1];
    return name === undefined ? [] : [{ description: `${name}, driver ${driver}`, nvidia: true }];
  });
}

/** Out of the kernel's list of graphics cards. */
export function drmGpus(folder: string): readonly HostGpu[] {
  return namesIn(folder)
    .filter((name) => /^card\d+$/.test(name))
    .flatMap((card) => {
      const device = path.join(folder, card, "device");
      const vendor = vendors[textOf(path.join(device, "vendor")) ?? ""];
      const model = textOf(path.join(device, "device")) ?? card;
      return vendor === undefined
        ? []
        : [{ description: `${vendor} GPU ${model}`, nvidia: vendor === "NVIDIA" }];
    });
}

function textOf(file: string): string | null {
  return existsSync(file) ? readFileSync(file, "utf8").trim() : null;
}

function namesIn(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}
