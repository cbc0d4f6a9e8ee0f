// What is said of computers with and without GPUs, from what their system prints.

import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { cudaFinding, type DeviceProbe, webGpuFinding } from "../../src/engine/device-findings.ts";
import { cardVendors, drmGpus, kernelDriverGpus, parseNvidiaSmi } from "../../src/engine/host-gpus.ts";
import { temporaryFolder } from "../temporary-folder.ts";

// As `nvidia-smi --query-gpu=name,memory.total,driver_version --format=csv,noheader,nounits` prints it.
const [h100] = parseNvidiaSmi("NVIDIA H100 80GB HBM3, 81559, 550.54.15\n");
const works = { works: true, software: null } as const;
const noAdapter = { works: false, reason: "no driver offers a GPU that WebGPU accepts" } as const;
const radeon = { name: "AMD GPU 0x744c", memoryBytes: 2 ** 34, driver: "amdgpu", nvidia: false };

/** One line, as doctor shows it. */
function said(probe: DeviceProbe): string {
  return probe.found
    ? probe.engines.map(({ engine, device }) => `${engine}: ${device}`).join("; ")
    : `${probe.reason} → ${probe.remedy}`;
}

function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
}

test("nvidia-smi: several GPUs, memory that is not told, errors instead of a list", () => {
  assert.deepEqual(
    parseNvidiaSmi("NVIDIA A100-SXM4-40GB, 40960, 535.161.08\nNVIDIA GB10, [N/A], 580.82.09\n"),
    [
      { name: "NVIDIA A100-SXM4-40GB", memoryBytes: 40 * 2 ** 30, driver: "535.161.08", nvidia: true },
      { name: "NVIDIA GB10", memoryBytes: null, driver: "580.82.09", nvidia: true },
    ],
  );
  assert.deepEqual(parseNvidiaSmi("No devices were found\n"), []);
});

test("NVIDIA's kernel driver, where nvidia-smi is absent", (t) => {
  const folder = temporaryFolder(t);
  assert.deepEqual(kernelDriverGpus(folder), []);
  for (const module of ["NVIDIA UNIX x86_64 Kernel Module", "NVIDIA UNIX Open Kernel Module for x86_64"]) {
    write(folder, {
      version: `NVRM version: ${module}  550.54.15  Tue Mar  5 22:23:56 UTC 2024\nGCC version:  gcc 12.2.0\n`,
      "gpus/0000:01:00.0/information": "Model: \t\t NVIDIA L4\nIRQ:   \t\t 32\n",
    });
    const [gpu] = kernelDriverGpus(folder);
    assert.equal(
      said(cudaFinding({ gpu, cards: [], onnx: works, tensorflow: false })),
      "onnx: cuda (NVIDIA L4, driver 550.54.15)",
    );
  }
});

test("graphics cards on the PCI bus and those of the kernel's drivers", (t) => {
  const folder = temporaryFolder(t);
  write(folder, {
    "pci/0000:00:02.0/class": "0x030000\n",
    "pci/0000:00:02.0/vendor": "0x8086\n",
    "pci/0000:01:00.0/class": "0x030200\n",
    "pci/0000:01:00.0/vendor": "0x10de\n",
    "pci/0000:01:00.1/class": "0x040300\n",
    "pci/0000:01:00.1/vendor": "0x1002\n",
    "drm/card1/device/vendor": "0x1002\n",
    "drm/card1/device/device": "0x744c\n",
    "drm/card1/device/mem_info_vram_total": "17179869184\n",
    "drm/card0/device/vendor": "0x1af4\n",
  });
  assert.deepEqual(cardVendors(path.join(folder, "pci")), ["Intel", "NVIDIA"]);
  assert.deepEqual(cardVendors(path.join(folder, "none")), []);
  assert.deepEqual(drmGpus(path.join(folder, "drm")), [{ ...radeon, driver: "unknown" }]);
});

test("cuda: what is there, or the one thing that is missing", () => {
  const facts = { gpu: h100, cards: ["NVIDIA"], onnx: null, tensorflow: false };
  const without = { ...facts, gpu: undefined };
  assert.equal(
    said(cudaFinding({ ...facts, onnx: works, tensorflow: true })),
    "onnx: cuda (NVIDIA H100 80GB HBM3, 80 GiB, driver 550.54.15); tensorflow: cuda (NVIDIA H100 80GB HBM3, 80 GiB, driver 550.54.15)",
  );
  assert.match(said(cudaFinding({ ...facts, tensorflow: true })), /^tensorflow: cuda \(NVIDIA H100/);
  assert.match(
    said(cudaFinding(facts)),
    /^NVIDIA H100 80GB HBM3, 80 GiB, driver 550.54.15 is here; ONNX Runtime's CUDA provider is not → ONNXRUNTIME_NODE_INSTALL=true node/,
  );
  const noLibrary = { works: false, reason: "libcudnn.so.9 is missing" } as const;
  assert.match(
    said(cudaFinding({ ...facts, onnx: noLibrary })),
    /provider does not start: libcudnn.so.9 is missing → CUDA 12 and cuDNN 9/,
  );
  assert.match(said(cudaFinding(without)), /its driver does not answer → NVIDIA's driver: apt-get install/);
  assert.equal(
    said(cudaFinding({ ...without, cards: ["AMD"] })),
    "no NVIDIA GPU in this computer → a computer with an NVIDIA GPU; nothing to install helps here",
  );
});

test("webgpu: what is there, or the one thing that is missing", () => {
  const noLoader = { works: false, reason: "libvulkan.so.1 is missing" } as const;
  const software = { works: true, software: "llvmpipe" } as const;
  const cards = ["AMD"];
  assert.equal(
    said(webGpuFinding({ gpu: radeon, cards, onnx: works })),
    "onnx: webgpu (AMD GPU 0x744c, 16 GiB, driver amdgpu)",
  );
  const taken = webGpuFinding({ gpu: undefined, cards: [], onnx: software });
  assert.deepEqual(taken, {
    found: true,
    engines: [{ engine: "onnx", device: "webgpu (llvmpipe, on the CPU)", software: true }],
  });
  assert.match(
    said(webGpuFinding({ gpu: h100, cards, onnx: noLoader })),
    /^NVIDIA H100 .* is here; libvulkan.so.1 is missing → Vulkan's loader: apt-get install libvulkan1$/,
  );
  assert.match(
    said(webGpuFinding({ gpu: h100, cards, onnx: noAdapter })),
    /→ the Vulkan part of NVIDIA's driver/,
  );
  assert.match(said(webGpuFinding({ gpu: radeon, cards, onnx: noAdapter })), /→ .*mesa-vulkan-drivers/);
  assert.match(
    said(webGpuFinding({ gpu: undefined, cards, onnx: noAdapter })),
    /^a GPU of AMD is in this computer, but no driver answers; .* → the GPU's driver/,
  );
  assert.equal(
    said(webGpuFinding({ gpu: undefined, cards: [], onnx: noLoader })),
    "no GPU in this computer; libvulkan.so.1 is missing → a computer with a GPU; nothing to install helps here",
  );
});
