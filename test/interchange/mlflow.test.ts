// export --format mlflow against a server that checks the protocol: limits, what is no finite number, and that a second call after a
// server that went away adds only what is missing.

import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import sharp from "sharp";
import { openStore } from "../../src/store/open-store.ts";
import { callCli } from "../cli/call-cli.ts";
import { experiment, log, newRun, saveDataset } from "../store/fixtures.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { mlflowServer } from "./mlflow-server.ts";

const steps = 1200;

/** More values than a batch may have, a setting that is too long for a parameter, a picture and a checkpoint. */
async function bigRun(runs: string): Promise<string> {
  const store = openStore(runs);
  saveDataset(store);
  const model = { kind: "pix2pix", spectral_norm: Array(400).fill("a quite long name") } as never;
  const run = store.createRun(newRun({ name: "big", experiment: { ...experiment, model } }));
  for (let step = 1; step <= steps; step++) log(run, step, { "train/loss": 1 / step });
  log(run, 2, { "unseen/loss": Number.NaN });
  log(run, 4, { "unseen/loss": Number.POSITIVE_INFINITY });
  log(run, 6, { "unseen/loss": 0.1 + 0.2 });
  const bytes = await sharp(Buffer.alloc(27, 9), { raw: { width: 3, height: 3, channels: 3 } })
    .webp()
    .toBuffer();
  const picture = { epoch: 2, set: "unseen", index: 0, kind: "colorized", imageId: "b.png" } as const;
  run.logImages([{ ...picture, mime: "image/webp", bytes }]);
  run.finish("KILLED", "stopped");
  store.close();
  const folder = path.join(runs, run.id, "checkpoints");
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, "step-00000004.safetensors"), "weights");
  return run.id;
}

test("a run over there, whole, also where the server went away in between", async (t) => {
  const cwd = temporaryFolder(t);
  const id = await bigRun(path.join(cwd, "runs"));
  const server = await mlflowServer(t);
  const send = () => callCli(["export", id, "--format", "mlflow", "--to", server.address, "--json"], { cwd });

  server.failAfter = 7;
  const broken = await send();
  assert.equal(broken.code, 2);
  assert.match(
    broken.stderr,
    /^error: http:.*: runs\/log-batch: refused with 503 TEMPORARILY_UNAVAILABLE: gone\n$/m,
  );
  const [half] = server.runs.values();
  assert.equal(half!.metrics.length, 1000);

  server.failAfter = Number.POSITIVE_INFINITY;
  const done = await send();
  assert.equal(done.code, 0, done.stderr);
  assert.match(done.stderr, /model\.spectral_norm: longer than 6000 characters, left out/);
  const [sent] = JSON.parse(done.stdout);
  assert.deepEqual([sent.isNew, sent.metrics, sent.artifacts], [false, 203, 3]);
  assert.equal(server.runs.size, 1);
  const there = server.runs.get(sent.runId)!;
  const store = openStore(path.join(cwd, "runs"), { readonly: true });
  t.after(() => store.close());
  const { createdAt } = store.getRun(id);
  const expected = store.allSeries(id).flatMap(({ name, step, elapsedMs, value }) =>
    Array.from(step, (at, place) => ({
      key: name,
      value: value[place]!,
      timestamp: createdAt + elapsedMs[place]!,
      step: at,
    })),
  );
  assert.deepEqual(there.metrics, expected);
  assert.equal(there.params.get("train.optimizer.learning_rate"), "0.001");
  assert.equal(there.tags.get("hueristic_run"), id);
  assert.equal(there.tags.get("mlflow.source.git.commit"), "0123456789abcdef");
  assert.deepEqual(
    [there.info.status, there.info.run_name, there.info.start_time],
    ["KILLED", "big", createdAt],
  );
  assert.deepEqual([...there.artifacts.keys()].sort(), [
    "checkpoints/step-00000004.safetensors",
    "experiment.json",
    "samples/unseen/0-colorized-000002.png",
  ]);
  assert.equal(there.artifacts.get("checkpoints/step-00000004.safetensors")!.toString(), "weights");
  const png = await sharp(there.artifacts.get("samples/unseen/0-colorized-000002.png")!).metadata();
  assert.deepEqual([png.format, png.width], ["png", 3]);

  const before = server.calls.length;
  const [again] = JSON.parse((await send()).stdout);
  assert.deepEqual([again.runId, again.metrics, again.artifacts], [sent.runId, 0, 0]);
  assert.ok(!server.calls.slice(before).some((call) => call.startsWith("PUT")));

  // Values that the run took back stand there for good, which is said.
  there.metrics[0]!.value = 5;
  const differing = await send();
  assert.match(differing.stderr, /train\/loss: 1 value there from before the run went back/);
  assert.equal(there.metrics.length, expected.length);
});

test("an address that is none, a server that is not there, and options that do not fit", async (t) => {
  const cwd = temporaryFolder(t);
  const id = await bigRun(path.join(cwd, "runs"));
  for (const [args, expected] of [
    [["mlflow"], /expected --to <address>/],
    [["mlflow", "--to", "nothing"], /--to: expected an address such as http:\/\/localhost:5000, got nothing/],
    [["mlflow", "--to", "http://127.0.0.1:9"], /http:\/\/127\.0\.0\.1:9: cannot be reached/],
    [["mlflow", "--to", "http://127.0.0.1:9", "-o", "a"], /expected --to <address>, not --out/],
    [["csv", "--to", "http://127.0.0.1:9"], /--to: expected --format mlflow beside it, got csv/],
  ] as const) {
    const { code, stderr } = await callCli(["export", id, "--format", ...args], { cwd });
    assert.equal(code, 2, stderr);
    assert.match(stderr, expected);
    assert.equal(stderr.trimEnd().split("\n").length, 1, stderr);
  }
});
