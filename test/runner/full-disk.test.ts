// A disk that fills up in the middle of everything: one line, nothing half-written, other runs as they were, and with room
// again all goes on.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import { UserError } from "../../src/errors.ts";
import { silent } from "../../src/output.ts";
import { checkpointFiles, checkpointFolder, readCheckpoint } from "../../src/runner/checkpoints.ts";
import { runExperiment } from "../../src/runner/run-experiment.ts";
import { databasePath } from "../../src/store/open-database.ts";
import { openStore } from "../../src/store/open-store.ts";
import { callCli } from "../cli/call-cli.ts";
import { emptyDisk, fillDisk, smallDisk } from "../small-disk.ts";
import { outcomeOf } from "../store/fixtures.ts";
import { typescript } from "../typescript.ts";
import { everySeries } from "./every-series.ts";
import { smallExperiment } from "./small-experiment.ts";

const skipped = "no disk may be mounted here";
const isFull =
  /the disk is full; free some space, then resume the run: all that was committed before is safe/;

function train(runsFolder: string, more: { resume?: string; atStep?: (step: number) => void } = {}) {
  const { resume = null, atStep = () => {} } = more;
  let runId = "";
  const update = (step: number, text: string) => {
    if (text.startsWith("epoch")) atStep(step);
  };
  const output = { ...silent, progress: () => ({ update, stop: () => {} }) };
  const onRun = (id: string) => {
    runId = id;
  };
  const options = {
    runsFolder,
    source: null,
    resume,
    threads: 2,
    output,
    onRun,
    fromScratch: "if needed" as const,
  };
  return { result: runExperiment(smallExperiment(), options), runId: () => runId };
}

/** No half file, no damaged row. */
function assertClean(runs: string, runId: string): void {
  const database = new Database(databasePath(runs));
  assert.equal(database.pragma("integrity_check", { simple: true }), "ok");
  database.close();
  for (const file of checkpointFiles(checkpointFolder(runs, runId))) readCheckpoint(file);
  const half = readdirSync(runs, { recursive: true, encoding: "utf8" }).filter((name) => /\.tmp/.test(name));
  assert.deepEqual(half, []);
}

function standing(runs: string, runId: string, readonly: boolean) {
  const store = openStore(runs, { readonly });
  try {
    const { status, error } = store.getRun(runId);
    return { status, error };
  } finally {
    store.close();
  }
}

test("a training whose disk fills up", async (context) => {
  const disk = smallDisk(context);
  if (disk === null) return context.skip(skipped);
  const runs = path.join(disk, "runs");
  const whole = (await train(runs).result).runId!;
  const expected = everySeries(runs, whole);

  await context.test("while it saves is FAILED with the reason, and goes on", async () => {
    let wasFilled = false;
    const training = train(runs, {
      atStep() {
        if (!wasFilled) fillDisk(disk, 100_000);
        wasFilled = true;
      },
    });
    const told = await training.result.then(
      () => assert.fail("the disk was not full"),
      (thrown: unknown) => thrown,
    );
    assert.ok(told instanceof UserError);
    assert.match(told.message, /cannot write the checkpoint: ENOSPC.*free space.*resume the run$/);
    const id = training.runId();
    assert.deepEqual(standing(runs, id, true), { status: "FAILED", error: told.message });
    emptyDisk(disk);
    assertClean(runs, id);
    await train(runs, { resume: id }).result;
    assert.deepEqual(everySeries(runs, id), expected);
  });

  for (const [what, step, left] of [
    ["logs", 6, 0],
    ["samples", 7, 20_000],
  ] as const)
    await context.test(
      `so that nothing can be written while it ${what}, is FAILED as soon as there is room`,
      async () => {
        const script = fileURLToPath(new URL("full-disk-child.ts", import.meta.url));
        const child = spawn(process.execPath, [...typescript, script, runs, disk, `${step}`, `${left}`], {
          stdio: ["ignore", "pipe", "inherit"],
        });
        const { lines, end } = await outcomeOf(child);
        const [id, told, ...more] = lines as [string, string];
        assert.deepEqual([end, more], [0, []]);
        assert.match(told, isFull);
        // Nobody waits for it to find room: now and then SQLite still has a page in its journal for the last word.
        const first = standing(runs, id, true);
        assert.ok(
          first.status === "DEAD" || (first.status === "FAILED" && isFull.test(first.error!)),
          first.status,
        );
        emptyDisk(disk);
        const { status, error } = standing(runs, id, false);
        assert.equal(status, "FAILED");
        assert.match(
          error!,
          first.status === "DEAD" ? /^the disk was full; free some space, then resume the run/ : isFull,
        );
        assertClean(runs, id);
        await train(runs, { resume: id }).result;
        assert.deepEqual(everySeries(runs, id), expected);
        assert.ok(!existsSync(path.join(runs, id, ".disk-full")));
        assert.deepEqual(everySeries(runs, whole), expected, "another run is unharmed");
      },
    );
});

test("on a full disk every other command ends with one line, and purging makes room", async (context) => {
  const disk = smallDisk(context);
  if (disk === null) return context.skip(skipped);
  const runs = path.join(disk, "runs");
  const [kept, doomed] = [(await train(runs).result).runId!, (await train(runs).result).runId!];
  const cli = (...args: string[]) => callCli([...args, "--runs", runs], { cwd: disk });
  const [page, experiment] = [path.join(disk, "report.html"), path.join(disk, "other.yaml")];
  writeFileSync(experiment, "model: alpha\ndataset: {kind: synthetic, count: 100}\nimage: {size: 32}\n");
  assert.equal((await cli("report", kept, "--out", page)).code, 0);
  const [before, numbers] = [readFileSync(page), everySeries(runs, kept)];

  // Preparing and reporting, with room for the database to be opened.
  fillDisk(disk, 60_000);
  const preparing = await cli("run", experiment);
  assert.equal(preparing.code, 2);
  assert.match(
    preparing.stderr,
    /^error: .*cache: expected [\d,]+ bytes .* free for prepared images, got .*\n$/,
  );
  const reporting = await cli("report", kept, "--out", page);
  assert.equal(reporting.code, 2);
  assert.match(reporting.stderr, /^error: .*report\.html: cannot be written: ENOSPC.*\n$/);
  assert.ok(readFileSync(page).equals(before), "the report from before is whole");

  emptyDisk(disk);
  fillDisk(disk, 0);
  const deleting = await cli("delete", doomed);
  assert.match(deleting.stderr, /^error: .*the disk is full; .*\n$/);
  assert.equal((await cli("list")).code, 0, "what is there can be read");
  emptyDisk(disk);
  assert.equal((await cli("delete", doomed)).code, 0);
  fillDisk(disk, 0);
  const purging = await cli("purge", "--yes");
  assert.deepEqual([purging.code, purging.stdout], [0, `${doomed} small: removed\n`], purging.stderr);
  assert.ok(!existsSync(path.join(runs, doomed)));
  emptyDisk(disk);
  assertClean(runs, kept);
  assert.deepEqual(everySeries(runs, kept), numbers);
});
