// hueristic export, as a real process: both files, and what it refuses.

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { checkpointFiles, checkpointFolder, readCheckpoint } from "../../src/runner/checkpoints.ts";
import { readTensors } from "../../src/runner/safetensors.ts";
import { drawn, pix2pix, trainedRun } from "../runner/export/trained-runs.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { callCli } from "./call-cli.ts";
import { fillStore, runCli } from "./run-cli.ts";

test("both files, and never over what is there", async (t) => {
  const cwd = temporaryFolder(t);
  const id = await trainedRun(cwd, drawn(pix2pix({ spectral_norm: ["generator"] }), 32));
  const both = ["export", "small@best", "--onnx", "n.onnx", "--safetensors", "n.safetensors"];
  const done = await runCli(both, { cwd });
  assert.equal(done.code, 0, done.stderr);
  assert.match(
    done.stdout,
    new RegExp(
      `^n\\.onnx: run ${id}, epoch 1: opset 18, .*, size any, multiples of 32, any number of pictures; at most [01]/255 from our engine on 3 unseen images and 2 other sizes\\nn\\.safetensors: run ${id}, epoch 1: \\d+ tensors as pytorch, .*\\n$`,
    ),
  );
  const again = await callCli(both, { cwd });
  assert.deepEqual([again.code, again.stderr], [2, "error: n.onnx: is there already; --force replaces it\n"]);

  const { tensors, metadata } = readTensors(path.join(cwd, "n.safetensors"));
  assert.equal(metadata.run, id);
  assert.equal(metadata.names, "pytorch");
  const { state } = readCheckpoint(checkpointFiles(checkpointFolder(path.join(cwd, "runs"), id)).at(-1)!);
  assert.ok(!Object.keys(tensors).some((name) => name.startsWith("discriminator")));
  for (const [name, axes] of [
    ["down2", "inputs last but one"],
    ["up2", "outputs last but one"],
  ] as const) {
    const kernel = state[`generator/${name}/kernel`]!;
    const weight = tensors[`generator.${name}.weight`]!;
    const [height, width, third, fourth] = kernel.shape as [number, number, number, number];
    assert.deepEqual(weight.shape, [fourth, third, height, width], axes);
    for (const [y, x, i, j] of [
      [0, 0, 0, 0],
      [1, 3, 2, 5],
      [3, 0, third - 1, fourth - 1],
    ] as const) {
      const ours = kernel.data[((y * width + x) * third + i) * fourth + j];
      assert.equal(weight.data[((j * third + i) * height + y) * width + x], ours);
    }
  }
  for (const [theirs, ours] of [
    ["down2.norm.weight", "down2/norm/scale"],
    ["down2.norm.bias", "down2/norm/offset"],
    ["down2.norm.running_mean", "down2/norm/mean"],
    ["down2.norm.running_var", "down2/norm/variance"],
    ["up1.bias", "up1/bias"],
    ["down1.spectral.u", "down1/spectral/u"],
  ] as const)
    assert.deepEqual(tensors[`generator.${theirs}`]!.data, state[`generator/${ours}`]!.data, theirs);

  const own = ["export", id, "--safetensors", "n.safetensors", "--names", "hueristic", "--force", "--json"];
  const replaced = await callCli(own, { cwd });
  assert.equal(replaced.code, 0, replaced.stderr);
  assert.equal(JSON.parse(replaced.stdout)[0].names, "hueristic");
  const kept = readTensors(path.join(cwd, "n.safetensors")).tensors["generator/up1/kernel"]!;
  assert.deepEqual(kept, state["generator/up1/kernel"]);

  const damaged = checkpointFiles(checkpointFolder(path.join(cwd, "runs"), id)).at(-1)!;
  const bytes = readFileSync(damaged);
  writeFileSync(damaged, bytes.fill(7, bytes.length - 4));
  const refused = await callCli(["export", id, "--onnx", "damaged.onnx"], { cwd });
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /^error: .*its checksum differs.*\n$/);
  assert.deepEqual(readdirSync(cwd).sort(), ["n.onnx", "n.safetensors", "runs"]);
});

test("what cannot be exported is one line", async (t) => {
  const cwd = temporaryFolder(t);
  const [id] = fillStore(path.join(cwd, "runs"), ["FINISHED"]);
  const cases: [string[], RegExp][] = [
    [[], /^error: export: expected a run, such as/],
    [["latest"], /^error: export: expected --format <form>, --onnx <file> or --safetensors <file>\n$/],
    [["latest", "--onnx", "a", "--safetensors", "a"], /^error: export: expected two files, got a twice\n$/],
    [["latest", "--onnx", "a.onnx"], new RegExp(`^error: run ${id}: expected a checkpoint in .*, got none`)],
    [["nobody@3", "--onnx", "a.onnx"], /^error: run "nobody": no such id/],
  ];
  for (const [args, expected] of cases) {
    const { code, stderr } = await callCli(["export", ...args], { cwd });
    assert.equal(code, 2, stderr);
    assert.match(stderr, expected);
    assert.equal(stderr.trimEnd().split("\n").length, 1, stderr);
  }
  assert.ok(!existsSync(path.join(cwd, "a.onnx")));
});
