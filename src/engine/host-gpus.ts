// The GPUs of this computer as the operating system knows them, without loading any driver. Linux in full; elsewhere
// only that there is one. Not tried on macOS and Windows.

import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import os from "node:os";
import path from "node:path";

export type HostGpu = {
  readonly name: string;
  /** Of its own; null where it shares the computer's, or does not say. */
  readonly memoryBytes: number | null;
  readonly driver: string;
  readonly nvidia: boolean;
};

const devFolder = "/dev";
const drmFolder = "/sys/class/drm";
const pciFolder = "/sys/bus/pci/devices";
const nvidiaFolder = "/proc/driver/nvidia";
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
  return [devFolder, `${devFolder}/dri`]
    .flatMap((folder) => namesIn(folder).map((name) => path.join(folder, name)))
    .some(isGpuNode);
}

export function hostGpus(): readonly HostGpu[] {
  if (os.platform() === "darwin") {
    const name = os.cpus()[0]?.model.trim() ?? "GPU";
    return [{ name, memoryBytes: null, driver: "Metal", nvidia: false }];
  }
  const nvidia = nvidiaGpus();
  const others = os.platform() === "linux" ? drmGpus(drmFolder) : [];
  const gpus = [...nvidia, ...others.filter((gpu) => !gpu.nvidia || nvidia.length === 0)];
  if (os.platform() !== "win32" || gpus.length > 0) return gpus;
  return [{ name: "GPU", memoryBytes: null, driver: "Direct3D 12", nvidia: false }];
}

function nvidiaGpus(): readonly HostGpu[] {
  for (const program of ["nvidia-smi", "/usr/local/nvidia/bin/nvidia-smi"]) {
    try {
      const query = ["--query-gpu=name,memory.total,driver_version", "--format=csv,noheader,nounits"];
      const output = execFileSync(program, query, {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
        timeout: 20_000,
      });
      return parseNvidiaSmi(output);
    } catch {
      // Not installed, or its driver is not loaded.
    }
  }
  return kernelDriverGpus(nvidiaFolder);
}

/** What NVIDIA's kernel driver tells, which a container sees without nvidia-smi. It does not tell the memory. */
export function kernelDriverGpus(folder: string): readonly HostGpu[] {
  const version = textOf(path.join(folder, "version")) ?? "";
  const driver = /Kernel Module.*?\s(\d+(?:\.\d+)+)\s/.exec(version)?.[1] ?? "unknown";
  return namesIn(path.join(folder, "gpus")).flatMap((gpu) => {
    const information = textOf(path.join(folder, "gpus", gpu, "information")) ?? "";
    const name = /^Model:\s*(.+)$/m.exec(information)?.[1];
    return name === undefined ? [] : [{ name, memoryBytes: null, driver, nvidia: true }];
  });
}

/** Vendors of the graphics cards on the PCI bus, each once, with or without a driver. Linux only. */
export function cardVendors(folder = pciFolder): readonly string[] {
  const found = namesIn(folder).flatMap((device) => {
    const isDisplay = textOf(path.join(folder, device, "class"))?.startsWith("0x03") ?? false;
    const vendor = vendors[textOf(path.join(folder, device, "vendor")) ?? ""];
    return isDisplay && vendor !== undefined ? [vendor] : [];
  });
  return [...new Set(found)];
}

/** Lines such as "NVIDIA H100 80GB HBM3, 81559, 550.54.15", with the memory in MiB. */
export function parseNvidiaSmi(lines: string): readonly HostGpu[] {
  return lines
    .split("\n")
    .map((line) => line.split(",").map((part) => part.trim()))
    .filter((parts) => parts.length === 3)
    .map(([name, mebibytes, version]) => ({
      name: name!,
      memoryBytes: Number.isFinite(Number(mebibytes)) ? Number(mebibytes) * 2 ** 20 : null,
      driver: version!,
      nvidia: true,
    }));
}

/** Out of the kernel's list of graphics cards. */
export function drmGpus(folder: string): readonly HostGpu[] {
  return namesIn(folder)
    .filter((name) => /^card\d+$/.test(name))
    .flatMap((card) => {
      const device = path.join(folder, card, "device");
      const vendor = textOf(path.join(device, "vendor"));
      if (vendor === null || vendors[vendor] === undefined) return [];
      const memory = textOf(path.join(device, "mem_info_vram_total"));
      return {
        name: `${vendors[vendor]} GPU ${textOf(path.join(device, "device")) ?? card}`,
        memoryBytes: memory === null ? null : Number(memory),
        driver: driverOf(device),
        nvidia: vendors[vendor] === "NVIDIA",
      };
    });
}

function driverOf(device: string): string {
  try {
    return path.basename(readlinkSync(path.join(device, "driver")));
  } catch {
    return "unknown";
  }
}

function textOf(file: string): string | null {
  return existsSync(file) ? readFileSync(file, "utf8").trim() : null;
}

function namesIn(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}
