// The traced step on ONNX Runtime's WebGPU provider, on whatever Vulkan driver there is: three steps as on the CPU.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { specsOf } from "../../src/engine/engine.ts";
import { lowerOneStep } from "../../src/engine/onnx/lower-step.ts";
import { typescript } from "../typescript.ts";
import { betaExample, ganExample } from "./examples.ts";
import { webGpuEnvironment } from "./software-vulkan.ts";

const environment = webGpuEnvironment();
const missing = "missing" in environment ? environment.missing : false;

async function onWebGpu(...args: readonly string[]): Promise<string> {
  const child = fileURLToPath(new URL("webgpu-child.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [...typescript, child, ...args], {
    env: { ...process.env, ...environment },
  });
  return stdout.trim();
}

// beta has no operation that these two have not, and takes 40 s of a software driver.
for (const name of ["small", "pix2pix"]) {
  test(`${name}: three steps on WebGPU as on the CPU`, { skip: missing }, async () => {
    assert.equal(await onWebGpu(name, "NCHW"), "alike");
  });
}

test("wrong convolutions of the layout NHWC are noticed in the first step", { skip: missing }, async () => {
  // 6 channels to 8: microsoft/onnxruntime#29651. Where this fails, the bug is gone and the layout may be the provider's.
  assert.match(
    await onWebGpu("small", "NHWC"),
    /^device: webgpu computes wrong numbers: .* differs by \d+ % from the CPU's in the first step; use --device cpu/,
  );
});

test("graphs for a GPU hold no node that only the CPU provider has", () => {
  const cpuOnly = new Set(["FusedMatMul", "Col2Im", "Loop"]);
  for (const { step, initial, specs } of [betaExample(8, 2), ganExample()]) {
    const { graph } = lowerOneStep(step, specsOf(initial), specs, "gpu");
    assert.deepEqual(
      graph.nodes.filter(({ op, domain }) => cpuOnly.has(op) || domain !== "").map(({ op }) => op),
      [],
    );
  }
});
