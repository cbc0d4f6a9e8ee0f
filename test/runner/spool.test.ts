// Runs that are trained off the machine of the store: published whole, taken over, merged.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import { UserError } from "../../src/errors.ts";
import { silent } from "../../src/output.ts";
import { checkpointFiles, checkpointFolder } from "../../src/runner/checkpoints.ts";
import { runExperiment } from "../../src/runner/run-experiment.ts";
import { mergeStore } from "../../src/store/merge/merger.ts";
import { openStore } from "../../src/store/open-store.ts";
import { mergeSpools } from "../../src/store/spool/merge-spools.ts";
import { openSpool, type Spool } from "../../src/store/spool/spool.ts";
import { beat, removeSpoolFiles, spoolFile, spoolFiles } from "../../src/store/spool/spool-files.ts";
import { machineFault } from "../../src/sweep/scheduling/machine-fault.ts";
import { everythingOf } from "../store/everything.ts";
import { newRun, saveDataset } from "../store/fixtures.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { typescript } from "../typescript.ts";
import { smallExperiment } from "./small-experiment.ts";

const fail = (line: string) => assert.fail(line);

function runWith(runsFolder: string, spool: Spool | null, onRun?: (id: string) => void) {
  return runExperiment(smallExperiment(), {
    runsFolder,
    source: null,
    resume: spool?.resume ?? null,
    threads: 1,
    output: silent,
    ...(spool && { spool }),
    ...(onRun && { onRun }),
  });
}

/** A run that logs nothing yet, in the local store of a spool. */
function startRun({ storeFolder }: Spool) {
  const store = openStore(storeFolder);
  saveDataset(store);
  return { store, run: store.createRun(newRun()) };
}

/** What two trainings of one experiment have in common; of series, those that tell no time. */
function trained(runsFolder: string, id: string) {
  const store = openStore(runsFolder, { readonly: true });
  const { status, experiment, lastStep } = store.summaries().find((run) => run.id === id)!;
  const series = store.allSeries(id).filter(({ spec }) => spec.family !== "time");
  const values = series.map(({ name, step, value }) => ({ name, step, value }));
  const images = store
    .images(id)
    .map(({ epoch, set, index, kind, blobHash }) => [epoch, set, index, kind, blobHash]);
  store.close();
  const files = checkpointFiles(checkpointFolder(runsFolder, id));
  const checkpoints = files.map((file) => [path.basename(file), readFileSync(file)]);
  return { status, experiment, lastStep, values, images, checkpoints };
}

test("killed -9 off the store's machine: seen as dead, taken over, and equal to the run that nobody stopped", async (t) => {
  const [whole, folder, local] = [temporaryFolder(t), temporaryFolder(t), temporaryFolder(t)];
  const uninterrupted = (await runWith(whole, null)).runId!;
  const script = fileURLToPath(new URL("spool-child.ts", import.meta.url));
  const child = spawn(process.execPath, [...typescript, script, folder, local, "4"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let printed = "";
  child.stdout.on("data", (bytes) => {
    printed += bytes;
  });
  const signal = await new Promise((resolve) => child.on("close", (_, by) => resolve(by)));
  assert.equal(signal, "SIGKILL");
  const id = printed.trim();
  assert.deepEqual([...spoolFiles(folder).keys()], [id]);
  assert.ok(!existsSync(path.join(folder, "runs.db")), "nobody else writes the store");

  mergeSpools(folder, { warn: fail });
  const store = openStore(folder, { readonly: true });
  t.after(() => store.close());
  assert.equal(store.getRun(id).status, "DEAD", "its process is gone");
  assert.ok(store.series(id, "train/loss")!.step.at(-1)! >= 4, "no checkpoint is newer than the rows");

  const ownTemporary = process.env.TMPDIR;
  process.env.TMPDIR = local;
  assert.equal(readdirSync(local).filter((name) => name.startsWith("hueristic-spool-")).length, 1);
  const spool = openSpool(folder, { resume: id, attempt: 2, warn: fail });
  if (ownTemporary === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = ownTemporary;
  assert.deepEqual(
    readdirSync(local).filter((name) => name.startsWith("hueristic-")),
    [path.basename(spool.storeFolder)],
    "what the killed process left is gone",
  );
  assert.equal(spool.resume, id);
  assert.equal((await runWith(folder, spool)).runId, id);
  assert.equal(spool.close(), null);
  assert.ok(!existsSync(spool.storeFolder));
  mergeSpools(folder, { warn: fail });
  assert.deepEqual(trained(folder, id), trained(whole, uninterrupted));
  assert.deepEqual(
    readdirSync(path.join(folder, "spool")).sort(),
    [1, 2]
      .map((attempt) => `${id}.${attempt}.db`)
      .concat(`${id}.1.beat`)
      .sort(),
  );

  // What the killed process left behind is of the earlier attempt, and again nothing changes.
  const before = everythingOf(store);
  mergeSpools(folder, { warn: fail });
  assert.deepEqual(everythingOf(store), before);
  assert.equal(mergeStore(folder, spoolFile(folder, id, 1).path)[0]!.mode, "older");
  assert.deepEqual(everythingOf(store), before);
});

test("publications: seen while it trains, told apart by what they hold, refused to whoever was overtaken", async (t) => {
  const folder = temporaryFolder(t);
  const spool = openSpool(folder, { resume: null, warn: fail });
  const steps: (number | null)[] = [];
  const seen = {
    ...spool,
    publish: (...told: Parameters<Spool["publish"]>) => {
      spool.publish(...told);
      mergeSpools(folder, { warn: fail });
      const store = openStore(folder, { readonly: true });
      const [run] = store.summaries();
      steps.push(run!.lastStep);
      if (told[0] === "end") assert.equal(run!.status, "FINISHED");
      else assert.equal(run!.status, "RUNNING");
      store.close();
    },
  };
  const id = (await runWith(folder, seen)).runId!;
  assert.equal(steps[0], null);
  assert.deepEqual(
    steps.filter((step, at) => step !== steps[at - 1] && step !== 0),
    [null, 4, 8, 12],
  );
  assert.throws(
    () => openSpool(folder, { resume: id, attempt: 1, warn: fail }).publish("start", id),
    /no runs here|another run has this id/,
  );

  const next = openSpool(folder, { resume: id, warn: fail });
  const beside = openSpool(folder, { resume: id, warn: fail });
  next.publish("start", id);
  assert.throws(() => beside.publish("start", id), /another process went on with it/);
  assert.throws(() => spool.publish("end", id), /another process went on with it/);
  // Several attempts died before they took their names.
  writeFileSync(spoolFile(folder, id, 9).path, "");
  assert.throws(() => next.publish("checkpoint", id), /another process went on with it/);
  for (const each of [next, beside, spool]) each.close();
});

test("a run that fails before its first step is published too", async (t) => {
  const folder = temporaryFolder(t);
  const spool = openSpool(folder, { resume: null, warn: fail });
  let id = "";
  const began = runWith(folder, spool, (run) => {
    id = run;
    throw new UserError("no room");
  });
  await assert.rejects(began, /^UserError: no room$/);
  assert.equal(spool.close(), null);
  mergeSpools(folder, { warn: fail });
  const store = openStore(folder, { readonly: true });
  t.after(() => store.close());
  const { status, error } = store.getRun(id);
  assert.deepEqual({ status, error }, { status: "FAILED", error: "no room" });
});

test("a heartbeat counts by the file server's clock; who is alive is not taken over", async (t) => {
  const folder = temporaryFolder(t);
  const spool = openSpool(folder, { resume: null, warn: fail });
  const statusOf = (id: string) => {
    mergeSpools(folder, { warn: fail });
    const store = openStore(folder);
    const { status } = store.getRun(id);
    store.close();
    return status;
  };
  const { store, run } = startRun(spool);
  t.after(() => store.close());
  spool.publish("start", run.id);
  assert.equal(statusOf(run.id), "RUNNING");
  assert.throws(
    () => openSpool(folder, { resume: run.id, warn: fail }),
    /is being written by another process/,
  );
  const file = spoolFile(folder, run.id, 1);
  const old = Date.now() / 1000 - 300;
  for (const each of [file.path, file.path.replace(/db$/, "beat")]) utimesSync(each, old, old);
  assert.equal(statusOf(run.id), "DEAD");
  beat(file);
  assert.equal(statusOf(run.id), "RUNNING", "it was only asleep");

  // Purged, it stays away, whatever its writer still does.
  const own = openStore(folder);
  run.finish("KILLED");
  spool.publish("end", run.id);
  spool.close();
  mergeSpools(folder, { warn: fail });
  own.trashRun(run.id);
  own.deleteRun(run.id);
  own.close();
  utimesSync(file.path, old, old);
  assert.throws(() => statusOf(run.id), /no runs here yet/);
  removeSpoolFiles(folder, run.id);
  assert.deepEqual(spoolFiles(folder), new Map());
});

test("a damaged file is one warning, and the others are merged", async (t) => {
  const folder = temporaryFolder(t);
  const ids: string[] = [];
  for (let at = 0; at < 2; at++) {
    const spool = openSpool(folder, { resume: null, warn: fail });
    const { store, run } = startRun(spool);
    run.finish("FINISHED");
    spool.publish("end", run.id);
    store.close();
    spool.close();
    ids.push(run.id);
  }
  const [good, bad] = ids as [string, string];
  const { path: damaged } = spoolFile(folder, bad, 1);
  writeFileSync(damaged, readFileSync(damaged).subarray(0, 9000));
  const lines: string[] = [];
  mergeSpools(folder, { warn: (line) => lines.push(line) });
  assert.equal(lines.length, 1);
  assert.match(lines[0]!, new RegExp(`${bad}\\.1\\.db: .*damaged`));
  const store = openStore(folder, { readonly: true });
  assert.deepEqual(
    store.listRuns().map(({ id }) => id),
    [good],
  );
  store.close();
});

test("a folder, rows of others and more columns: told with the file's name, or taken", (t) => {
  const folder = temporaryFolder(t);
  const spool = openSpool(folder, { resume: null, warn: fail });
  const { store, run } = startRun(spool);
  run.finish("FINISHED");
  store.close();
  spool.publish("end", run.id);
  spool.close();
  const { path: whole } = spoolFile(folder, run.id, 1);
  const database = new Database(whole);
  database.pragma("journal_mode = DELETE");
  database.exec("ALTER TABLE tags ADD COLUMN more TEXT");
  database.close();
  mkdirSync(spoolFile(folder, "folder1", 1).path);
  const lines: string[] = [];
  mergeSpools(folder, { warn: (line) => lines.push(line) });
  assert.equal(lines.length, 1);
  assert.match(lines[0]!, /spool\/folder1\.1\.db: cannot be read: .*EISDIR/);
  const own = openStore(folder, { readonly: true });
  assert.deepEqual(own.getRun(run.id).tags, ["grün 🌈", "smoke"]);
  own.close();
});

test("a name that could not be taken leaves no folder that looks like another run's", (t) => {
  const folder = temporaryFolder(t);
  const spool = openSpool(folder, { resume: null, warn: fail });
  // Its folder can be made, and its file has five letters too many.
  const store = openStore(spool.storeFolder, { newId: () => "a".repeat(252) });
  t.after(() => store.close());
  saveDataset(store);
  const run = store.createRun(newRun());
  for (let at = 0; at < 2; at++) assert.throws(() => spool.publish("start", run.id), /ENAMETOOLONG/);
  assert.deepEqual(readdirSync(folder), ["spool"]);
  rmSync(spool.close()!, { recursive: true });
});

test("what cannot be read here and now gives the trial back; only damage makes an earlier attempt count", (t) => {
  const folder = temporaryFolder(t);
  const spool = openSpool(folder, { resume: null, warn: fail });
  const { store, run } = startRun(spool);
  run.finish("KILLED");
  store.close();
  spool.publish("end", run.id);
  spool.close();
  const second = spoolFile(folder, run.id, 2).path;
  copyFileSync(spoolFile(folder, run.id, 1).path, second);
  const database = new Database(second);
  database.pragma("user_version = 999");
  database.pragma("journal_mode = DELETE");
  database.close();
  const open = (warn: (line: string) => void) => openSpool(folder, { resume: run.id, attempt: 3, warn });
  assert.throws(
    () => open(fail),
    (thrown) => /newer Hueristic/.test(machineFault(thrown)!.message),
  );
  writeFileSync(second, "no database at all");
  const lines: string[] = [];
  const next = open((line) => lines.push(line));
  assert.equal(next.resume, run.id);
  assert.match(lines.join(), /2\.db: is not a SQLite database.*an earlier attempt/);
  next.close();
});

test("a shared disk that takes nothing: an epoch is a warning, a checkpoint stops in one line, and the rows are kept", async (t) => {
  const folder = temporaryFolder(t);
  const lines: string[] = [];
  const spool = openSpool(folder, { resume: null, warn: (line) => lines.push(line) });
  let id = "";
  const blocking = {
    ...spool,
    publish(moment: "start" | "epoch" | "checkpoint" | "end", runId: string) {
      id = runId;
      // A folder in the way of the temporary file: fails for every user, root too.
      const inTheWay = path.join(folder, "spool");
      if (moment === "checkpoint" && !existsSync(`${inTheWay}-away`)) {
        rmSync(inTheWay, { recursive: true });
        writeFileSync(inTheWay, "");
        mkdirSync(`${inTheWay}-away`);
      }
      spool.publish(moment, runId);
    },
  };
  await assert.rejects(
    runWith(folder, blocking),
    /spool\/\w+\.1\.db: cannot be written|spool: cannot be read/,
  );
  assert.deepEqual(checkpointFiles(checkpointFolder(folder, id)), [], "no checkpoint without its rows");
  assert.equal(spool.close(), spool.storeFolder);
  const into = temporaryFolder(t);
  assert.equal(mergeStore(into, path.join(spool.storeFolder, "runs.db"))[0]!.mode, "new");
  rmSync(spool.storeFolder, { recursive: true });
});
