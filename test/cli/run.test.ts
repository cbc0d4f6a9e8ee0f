// hueristic run, which trains very little: also as a real process.

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type TestContext, test } from "node:test";
import { parse } from "yaml";
import { completeExperiment } from "../../src/experiment/complete-experiment.ts";
import { experimentToYaml } from "../../src/experiment/text/experiment-to-yaml.ts";
import { openStore } from "../../src/store/open-store.ts";
import { experiment as stored } from "../store/fixtures.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { callCli } from "./call-cli.ts";
import { outcomeOf, runCli, startCli } from "./run-cli.ts";

const { metrics } = completeExperiment({ dataset: "synthetic" });
const experiment = { ...stored, model: { kind: "alpha" as const }, metrics };

/** A folder with tiny.yaml: 2 images to train on, 2 epochs. */
function folderWithExperiment(t: TestContext): string {
  const cwd = temporaryFolder(t);
  writeFileSync(path.join(cwd, "tiny.yaml"), experimentToYaml(experiment));
  return cwd;
}

function runsIn(cwd: string) {
  const store = openStore(path.join(cwd, "runs"), { readonly: true });
  try {
    return store.summaries();
  } finally {
    store.close();
  }
}

test("--dry-run prints the complete experiment with its overrides and leaves nothing", async (t) => {
  const cwd = folderWithExperiment(t);
  const { code, stdout, stderr } = await callCli(
    ["run", "--dry-run", "tiny.yaml", "train.epochs=7", "train.optimizer.learning_rate=0.5"],
    { cwd },
  );
  assert.deepEqual([code, stderr], [0, ""]);
  const printed = parse(stdout);
  assert.deepEqual([printed.train.epochs, printed.train.optimizer.learning_rate], [7, 0.5]);
  assert.deepEqual(readdirSync(cwd), ["tiny.yaml"]);

  const both = await callCli(["run", "tiny.yaml", "tiny.yaml", "--dry-run"], { cwd });
  assert.equal(both.stdout.split("---\n").length, 2);
});

test("every problem of a command line is a line", async (t) => {
  const cwd = folderWithExperiment(t);
  const { code, stderr } = await callCli(["run", "tiny.yaml", "train.epoch=3", "seed=x"], { cwd });
  assert.equal(code, 2);
  assert.match(stderr, /^error: .*seed.*\n.*train\.epoch: unknown key, did you mean epochs.*\n$/);
});

test("--report before the files is no file name; a broken file does not stop the next", async (t) => {
  const cwd = folderWithExperiment(t);
  const { code, stdout, stderr } = await runCli(["run", "--report", "missing.yaml", "tiny.yaml"], { cwd });
  assert.equal(code, 2, stderr);
  assert.match(stderr, /^error: missing\.yaml: /);
  const [run, ...others] = runsIn(cwd);
  assert.deepEqual(
    [run!.status, run!.lastEpoch, run!.source, others.length],
    ["FINISHED", 2, "tiny.yaml", 0],
  );
  const report = path.join("runs", `tiny-${run!.id}.html`);
  assert.equal(path.resolve(cwd, stdout.trimEnd()), path.resolve(cwd, report));
  assert.match(stderr, /wrote [\d.]+ KiB: file:\/\/\//);
  assert.match(
    stderr,
    /^metrics: {2}unseen ciede2000 [\d.]+ ΔE00, colorfulness_ratio [\d.]+, psnr [\d.]+ dB$/m,
  );
  assert.match(stderr, /^colors: {2}\S.* \(epoch 2, 1 unseen image\)$/m);
  assert.match(stderr, new RegExp(`hueristic show ${run!.id}\n +hueristic report ${run!.id}\n$`));
  assert.ok(existsSync(path.join(cwd, report)));
});

test("--resume goes on with more epochs, and refuses what makes no sense", async (t) => {
  const cwd = folderWithExperiment(t);
  const named = path.join(cwd, "page.html");
  const first = await callCli(["run", "tiny.yaml", "train.epochs=1", "--report", named], { cwd });
  assert.equal(first.code, 0, first.stderr);
  assert.match(readFileSync(named, "utf8"), /^<!doctype html>/i);
  const cases: [string[], RegExp][] = [
    [[], /^error: run \w+: has trained 1 epoch already.*--resume \w+ train\.epochs=2\n$/],
    [["train.epochs=0"], /^error: .*train\.epochs: expected/],
    [["seed=3"], /^error: --resume: only train\.epochs and the device may change in a run, got seed=3/],
    [["tiny.yaml"], /^error: --resume: .*expected no file, got tiny\.yaml/],
  ];
  for (const [args, expected] of cases) {
    const { code, stderr } = await callCli(["run", "--resume", "latest", ...args], { cwd });
    assert.equal(code, 2, args.join(" "));
    assert.match(stderr, expected);
  }
  const { code, stderr } = await runCli(["run", "--resume", "tiny", "train.epochs=3"], { cwd });
  assert.equal(code, 0, stderr);
  const [run, ...others] = runsIn(cwd);
  assert.deepEqual([run!.status, run!.lastEpoch, others.length], ["FINISHED", 3, 0]);
});

test("Ctrl-C saves, says how to go on, and stops all", async (t) => {
  const cwd = folderWithExperiment(t);
  const child = startCli(["run", "tiny.yaml", "tiny.yaml", "train.epochs=100000"], { cwd });
  t.after(() => child.kill("SIGKILL"));
  let sent = false;
  child.stderr!.on("data", (text) => {
    if (sent || !String(text).includes("epoch 1/")) return;
    sent = true;
    child.kill("SIGINT");
  });
  const { code, stderr } = await outcomeOf(child);
  assert.equal(code, 130, stderr);
  const [run, ...others] = runsIn(cwd);
  assert.deepEqual([run!.status, others.length], ["KILLED", 0]);
  assert.match(stderr, new RegExp(`to go on: hueristic run --resume ${run!.id}\n`));
});

test("a loss that is no longer finite fails with 1, and the next experiment is trained", async (t) => {
  const cwd = folderWithExperiment(t);
  const wild = { ...experiment, name: "wild" };
  const sgd = { name: "sgd", learning_rate: 1e30 } as const;
  const text = experimentToYaml({ ...wild, train: { ...wild.train, epochs: 5, optimizer: sgd } });
  writeFileSync(path.join(cwd, "wild.yaml"), text);
  const { code, stderr } = await callCli(["run", "wild.yaml", "tiny.yaml"], { cwd });
  assert.equal(code, 1, stderr);
  assert.deepEqual(
    runsIn(cwd).map(({ name, status }) => [name, status]),
    [
      ["tiny", "FINISHED"],
      ["wild", "FAILED"],
    ],
  );
});
