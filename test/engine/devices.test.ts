// What is said of computers with and without GPUs, from what their system prints.

import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import {
  cudaFinding,
  type DeviceProbe,
  mpsFinding,
  webGpuFinding,
} from "../../src/engine/device-findings.ts";
import { drmGpus, kernelDriverGpus, parseNvidiaSmi } from "../../src/engine/host-gpus.ts";
import { findingOf } from "../../src/engine/torch/torch-finding.ts";
import type { TorchDevice } from "../../src/engine/torch/torch-process.ts";
import { temporaryFolder } from "../temporary-folder.ts";

// As `nvidia-smi --query-gpu=name,memory.total,driver_version --format=csv,noheader,nounits` prints it.
const [h100] = parseNvidiaSmi("NVIDIA H100 80GB HBM3, 81559, 550.54.15\n");
const works = { works: true, software: null } as const;
const noAdapter = { works: false, reason: "no driver offers a GPU that WebGPU accepts" } as const;
const radeon = { description: "AMD GPU 0x744c", nvidia: false };

const python = { python: "3.12.3", executable: "/usr/bin/python3" };
const noTorch = findingOf({ ...python, torch: null, missing: true, reason: "" });
const builtFor = (cuda: string | null, devices: readonly TorchDevice[], rocm: string | null = null) =>
  findingOf({ ...python, torch: "2.11.0", tooOld: false, cuda, rocm, devices });
const torchGpu = { name: "cuda:0", description: "NVIDIA H100 80GB HBM3", bytes: 80 * 2 ** 30 };

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
      { description: "NVIDIA A100-SXM4-40GB, 40 GiB, driver 535.161.08", nvidia: true },
      { description: "NVIDIA GB10, driver 580.82.09", nvidia: true },
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
      said(cudaFinding({ gpu, torch: noTorch, onnx: works, tensorflow: false })),
      "onnx: cuda (NVIDIA L4, driver 550.54.15)",
    );
  }
});

test("graphics cards of the kernel's drivers", (t) => {
  const folder = temporaryFolder(t);
  write(folder, {
    "card1/device/vendor": "0x1002\n",
    "card1/device/device": "0x744c\n",
    "card0/device/vendor": "0x1af4\n",
  });
  assert.deepEqual(drmGpus(folder), [radeon]);
  assert.deepEqual(drmGpus(path.join(folder, "none")), []);
});

test("cuda: what is there, or the one thing that is missing", () => {
  const facts = { gpu: h100, torch: noTorch, onnx: null, tensorflow: false };
  const device = "cuda (NVIDIA H100 80GB HBM3, 80 GiB, driver 550.54.15)";
  const torch = builtFor("13.0", [torchGpu]);
  assert.equal(
    said(cudaFinding({ ...facts, torch, onnx: works, tensorflow: true })),
    `torch: ${device}; onnx: ${device}; tensorflow: ${device}`,
  );
  assert.match(said(cudaFinding({ ...facts, tensorflow: true })), /^tensorflow: cuda \(NVIDIA H100/);
  assert.equal(
    said(cudaFinding(facts)),
    "NVIDIA H100 80GB HBM3, 80 GiB, driver 550.54.15 is here; for engine: torch, Python 3.12.3 (/usr/bin/python3) has no PyTorch → /usr/bin/python3 -m pip install torch",
  );
  assert.match(
    said(cudaFinding({ ...facts, torch: builtFor(null, []) })),
    /was built for the CPU alone → \/usr\/bin\/python3 -m pip install --force-reinstall torch --index-url/,
  );
  assert.match(
    said(cudaFinding({ ...facts, torch: builtFor("13.0", []) })),
    /for CUDA 13.0 does not reach it → a driver as new as that/,
  );
  assert.match(
    said(cudaFinding({ ...facts, gpu: undefined })),
    /^no NVIDIA GPU whose driver answers → NVIDIA's driver/,
  );
  const radeonInTorch = { name: "cuda:0", description: "AMD Radeon RX 7900 XTX", bytes: 24 * 2 ** 30 };
  assert.equal(
    said(cudaFinding({ ...facts, gpu: undefined, torch: builtFor(null, [radeonInTorch], "6.4") })),
    "torch: cuda (AMD Radeon RX 7900 XTX, 24 GiB, ROCm 6.4)",
  );
});

test("torch: what a Python has, or the one command that adds it", () => {
  const words = (finding: ReturnType<typeof findingOf>) =>
    finding.found ? finding.version : `${finding.reason} → ${finding.remedy}`;
  assert.equal(words(builtFor("13.0", [])), "PyTorch 2.11.0, Python 3.12.3 (/usr/bin/python3)");
  assert.match(words(noTorch), /has no PyTorch → \/usr\/bin\/python3 -m pip install torch$/);
  assert.match(
    words(findingOf({ ...python, torch: "2.0.1", tooOld: true, cuda: null, rocm: null, devices: [] })),
    /2.0.1 .* is too old: 2.1 or newer is needed → .*--upgrade torch$/,
  );
  assert.match(
    words(findingOf({ ...python, torch: null, missing: false, reason: "OSError: libcudart.so.13" })),
    /does not load in Python 3.12.3 .*: OSError: libcudart.so.13 → .*--force-reinstall torch$/,
  );
});

test("mps: Apple's GPU, by PyTorch alone", () => {
  const mps = { name: "mps", description: "Apple GPU, Metal", bytes: null };
  assert.equal(said(mpsFinding(builtFor(null, [mps]))), "torch: mps (Apple GPU, Metal)");
  assert.match(said(mpsFinding(noTorch)), /has no PyTorch → .*pip install torch$/);
  assert.match(said(mpsFinding(builtFor(null, []))), /does not reach Apple's GPU → macOS 13/);
});

test("webgpu: what is there, or the one thing that is missing", () => {
  const noLoader = { works: false, reason: "libvulkan.so.1 is missing" } as const;
  const software = { works: true, software: "llvmpipe" } as const;
  assert.equal(said(webGpuFinding({ gpu: radeon, onnx: works })), "onnx: webgpu (AMD GPU 0x744c)");
  const taken = webGpuFinding({ gpu: undefined, onnx: software });
  assert.deepEqual(taken, {
    found: true,
    engines: [{ engine: "onnx", device: "webgpu (llvmpipe, on the CPU)", software: true }],
  });
  assert.match(
    said(webGpuFinding({ gpu: h100, onnx: noLoader })),
    /^NVIDIA H100 .* is here; libvulkan.so.1 is missing → Vulkan's loader: apt-get install libvulkan1$/,
  );
  assert.match(said(webGpuFinding({ gpu: h100, onnx: noAdapter })), /→ the Vulkan part of NVIDIA's driver/);
  assert.match(said(webGpuFinding({ gpu: radeon, onnx: noAdapter })), /→ .*mesa-vulkan-drivers/);
  assert.match(
    said(webGpuFinding({ gpu: undefined, onnx: noLoader })),
    /^no GPU whose driver answers; libvulkan.so.1 is missing → a GPU with its driver/,
  );
});
