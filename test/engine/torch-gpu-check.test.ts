// What measures a GPU that is lent for minutes: nobody may find out there that it does not run any more.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import sharp from "sharp";
import { findPython } from "../../src/engine/torch/find-python.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { typescript } from "../typescript.ts";
import { withoutTorch } from "./torch-for-tests.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** As scripts/pack-for-gpu.sh, but these cases alone; its check.py. */
function packed(folder: string, ...cases: readonly string[]): string {
  mkdirSync(path.join(folder, "peers"), { recursive: true });
  copyFileSync(path.join(root, "bench/gpu-check/check.py"), path.join(folder, "check.py"));
  copyFileSync(path.join(root, "src/engine/torch/worker.py"), path.join(folder, "worker.py"));
  copyFileSync(path.join(root, "bench/peers/pix2pix.py"), path.join(folder, "peers/pix2pix.py"));
  const write = path.join(root, "bench/gpu-check/write-cases.ts");
  const args = [...typescript, write, path.join(folder, "cases"), ...cases];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return path.join(folder, "check.py");
}

test("gpu-check runs, judges the losses, trains and draws", { skip: withoutTorch }, async (context) => {
  const folder = temporaryFolder(context);
  const check = packed(folder, "tiny", "training-tiny");
  const run = () => {
    const args = [check, "--device", "cpu", "--each", "0.1", "--peer-steps", "3", "--epochs", "2"];
    return spawnSync(findPython().command, args, { cwd: folder, encoding: "utf8" });
  };
  const { status, stdout, stderr } = run();
  assert.equal(status, 0, `${stdout}${stderr}`);
  assert.match(stdout, /^parity tiny: [^\n]+e-\d\d$/m);
  assert.match(stdout, /^graph tiny: worst relative difference of a loss over 6 steps: 0\.0e\+00; [^A-Z]*$/m);
  assert.match(stdout, /^tiny +ours float32 .* ms\/step/m);
  assert.match(stdout, /^tiny +PyTorch float32 .* ms\/step/m);
  assert.match(stdout, /^epoch 2: 36 steps, .*samples-0002\.png$/m);
  assert.match(stdout, /, 0 parts failed, 0 for want of time$/m);
  const results = path.join(folder, "results");
  const samples = readdirSync(results).filter((name) => name.endsWith(".png"));
  assert.deepEqual(samples.sort(), ["samples-0000.png", "samples-0001.png", "samples-0002.png"]);
  const [first, last] = await Promise.all(
    [samples[0]!, samples[2]!].map(async (name) =>
      sharp(path.join(results, name)).raw().toBuffer({ resolveWithObject: true }),
    ),
  );
  // Six rows of two pictures of 32x32: grey, real, colorized, of seen ones and of unseen ones.
  assert.deepEqual([last!.info.width, last!.info.height, last!.info.channels], [64, 192, 3]);
  const row = (pixels: Buffer, at: number) => pixels.subarray(at * 32 * 64 * 3, (at + 1) * 32 * 64 * 3);
  assert.ok(row(first!.data, 1).equals(row(last!.data, 1)));
  assert.ok(!row(first!.data, 2).equals(row(last!.data, 2)));
  const grey = row(last!.data, 0);
  assert.ok(grey.every((value, at) => Math.abs(value - grey[at - (at % 3)]!) <= 1));

  const file = path.join(folder, "cases/tiny.json.gz");
  const tiny = JSON.parse(gunzipSync(readFileSync(file)).toString());
  for (const losses of [tiny.expected, tiny.nudged]) losses.G_L1[0] *= 1.01;
  writeFileSync(file, gzipSync(JSON.stringify(tiny)));
  const off = run();
  assert.equal(off.status, 1, off.stdout);
  assert.match(off.stdout, /^parity: ended with 1, see /m);
  assert.match(off.stdout, /^parity tiny: .* TOO LARGE$/m);
  assert.match(off.stdout, /, 1 parts failed, 0 for want of time$/m);
});

test("what a step computes stays on its device, and lies as CUDA's kernels want it", {
  skip: withoutTorch,
}, (context) => {
  const folder = temporaryFolder(context);
  packed(folder, "tiny", "options", "beta-64");
  const program = fileURLToPath(new URL("./torch-elsewhere.py", import.meta.url));
  const args = [program, folder, "tiny", "options", "beta-64"];
  const { status, stdout, stderr } = spawnSync(findPython().command, args, { encoding: "utf8" });
  assert.deepEqual([status, stdout], [0, ""], stderr);
});
