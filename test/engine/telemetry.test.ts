// README promises: no account, no network. ONNX Runtime would write a device id below the user's cache folder.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { temporaryFolder } from "../temporary-folder.ts";
import { testedEngine } from "../tested-engine.ts";

test("a training leaves nothing in the user's home folder", (t) => {
  const home = temporaryFolder(t);
  const runs = temporaryFolder(t);
  const { status, stderr } = spawnSync(
    process.execPath,
    [
      "bin/hueristic.js",
      "run",
      "experiments/demo.yaml",
      "--runs",
      path.join(runs, "runs"),
      "model=alpha",
      "dataset.count=20",
      "image.size=16",
      "train.epochs=1",
      "samples.seen=1",
      "samples.unseen=1",
      `engine=${testedEngine.engine}`,
    ],
    { env: { ...process.env, HOME: home, XDG_CACHE_HOME: "", ORT_DISABLE_TELEMETRY: "0" }, encoding: "utf8" },
  );
  assert.equal(status, 0, stderr);
  assert.deepEqual(readdirSync(home, { recursive: true }), []);
});
