// A question in a real terminal, which util-linux's `script` makes.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { openStore } from "../../src/store/open-store.ts";
import { newRun, saveDataset } from "../store/fixtures.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { program } from "./run-cli.ts";

const noScript =
  spawnSync("script", ["--version"]).status === 0 ? false : "`script` of util-linux is not here";

/** Gives what has been shown so far. */
function inTerminal(command: string, cwd: string) {
  const child = spawn("script", ["-qec", command, "/dev/null"], { cwd });
  let shown = "";
  child.stdout.on("data", (part: Buffer) => {
    shown += part;
  });
  return { child, shown: () => shown };
}

async function until(condition: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 600 && !condition(); attempt++) await wait(50);
  assert.ok(condition());
}

test("Ctrl-C and Ctrl-D at a question are no", { skip: noScript }, async (t) => {
  const cwd = temporaryFolder(t);
  const store = openStore(path.join(cwd, "runs"));
  t.after(() => store.close());
  saveDataset(store);
  const run = store.createRun(newRun());
  run.finish("FINISHED");
  store.trashRun(run.id);
  for (const key of ["\u0003", "\u0004"]) {
    const { child, shown } = inTerminal(`${process.execPath} ${program} purge`, cwd);
    const ended = new Promise((resolve) => child.on("exit", resolve));
    await until(() => shown().includes("[y/N]"));
    child.stdin.write(key);
    assert.equal(await ended, 0, shown());
    assert.match(shown(), /nothing was removed/);
  }
  assert.equal(store.getDeletedRun(run.id).id, run.id);
});

test("a terminal that is closed ends a training as a signal does: saved, and said in the record", {
  skip: noScript,
}, async (t) => {
  const cwd = temporaryFolder(t);
  writeFileSync(
    path.join(cwd, "long.yaml"),
    "model: alpha\ndataset: {kind: synthetic, count: 24}\nimage: {size: 16}\ntrain: {epochs: 100000, batch_size: 4}\n",
  );
  const store = openStore(path.join(cwd, "runs"));
  t.after(() => store.close());
  const { child } = inTerminal(`${process.execPath} ${program} run long.yaml`, cwd);
  t.after(() => child.kill("SIGKILL"));
  const look = () => {
    const [run] = store.listRuns();
    return run === undefined ? null : { ...run, seen: store.series(run.id, "seen/loss")?.step.length ?? 0 };
  };
  await until(() => (look()?.seen ?? 0) > 1);
  child.kill("SIGKILL");
  await until(() => look()?.status !== "RUNNING");
  const run = look()!;
  assert.equal(run.status, "KILLED", "one that died without a word is DEAD");
  assert.ok(readdirSync(path.join(cwd, "runs", run.id, "checkpoints")).length > 0);
});
