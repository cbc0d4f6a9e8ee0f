// Stores into one another: everything comes along once, whatever happens on the way, and nothing goes back.

import assert from "node:assert/strict";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import Database from "better-sqlite3";
import { mergeStore, openMerger } from "../../src/store/merge/merger.ts";
import { mergeModeOf } from "../../src/store/merge/run-versions.ts";
import { migrate } from "../../src/store/migrate.ts";
import { databasePath, openForWriting, openReadOnly } from "../../src/store/open-database.ts";
import { openStore, type Store } from "../../src/store/open-store.ts";
import { migrations } from "../../src/store/schema.ts";
import { everythingOf } from "./everything.ts";
import {
  dataset,
  declare,
  handClock,
  log,
  names,
  newRun,
  outcomeOf,
  specOf,
  startChild,
  temporaryFolder,
  temporaryStore,
} from "./fixtures.ts";

const faces = { ...dataset, fingerprint: "e".repeat(64), description: "faces" };
const picture = { set: "unseen", index: 0, imageId: "b.png", mime: "image/png" } as const;
const psnr = (value: number, set = "unseen") => ({
  set,
  ofSet: { psnr: value },
  ofImages: { psnr: Float64Array.of(value) },
  places: Uint32Array.of(1),
});

function saveFaces(store: Store): void {
  store.saveDataset(
    faces,
    ["x.png", "y.png", "z.png"].map((id, at) => ({
      id,
      set: at === 1 ? "unseen" : "seen",
      hash: `${at}`.repeat(64),
    })),
    [],
  );
}

/** One run of all that there is, one that failed, one under way, one in the trash, a sweep and a study. */
function fullStore(test: TestContext): { store: Store; ids: string[] } {
  const store = temporaryStore(test, { now: handClock().now });
  saveFaces(store);
  const full = store.createRun(
    newRun({ name: "full", teller: { description: "a teller", fingerprint: "ab" } }),
  );
  declare(full, "unseen/psnr", "faces/psnr", "train/never");
  log(full, 1, { "train/loss": Number.NaN, "train/other": 1 / 3 });
  log(full, 2, { "train/loss": Number.NEGATIVE_INFINITY, "train/other": Number.MIN_VALUE });
  full.nameSets([{ set: "faces", fingerprint: faces.fingerprint, partOf: dataset.fingerprint }]);
  full.logEvaluation(2, [psnr(30), psnr(20, "faces")]);
  full.logImages([
    { ...picture, epoch: 0, kind: "real", bytes: Buffer.from("real") },
    { ...picture, epoch: 1, kind: "colorized", bytes: Buffer.from("colored") },
  ]);
  full.event("info", "note", "twice");
  full.event("info", "note", "twice");
  full.finish("FINISHED");
  const changed = { ...newRun().experiment, train: { ...newRun().experiment.train, epochs: 5 } };
  const again = store.resumeRun(full.id, { fromStep: 2, experiment: changed });
  again.rewind(2, 1);
  again.finish("FINISHED");
  store.addTag(full.id, "mine");
  store.setNote(full.id, "a note");
  const failed = store.createRun(newRun({ name: "failed" }));
  failed.finish("FAILED", "it broke");
  const trashed = store.createRun(newRun({ name: "trashed" }));
  trashed.finish("FINISHED");
  store.trashRun(trashed.id);
  const running = store.createRun(newRun({ name: "running" }));
  log(running, 1, { "train/loss": 1 });
  running.flush();
  store.saveSweep({ id: "sweep1", name: "a sweep", definition: "{}" });
  for (const run of [full.id, running.id]) {
    const trial = store.claimTrial("sweep1", {
      retries: 0,
      next: () => ({ parameters: { rate: 1 }, seed: 3 }),
    });
    assert.ok(typeof trial !== "string");
    store.setTrialRun(trial, run);
    if (run === full.id) store.endTrial(trial, { state: "complete", error: null });
  }
  store.saveStudy({
    id: "study1",
    question: "better",
    set: "unseen",
    fingerprint: dataset.fingerprint,
    seed: 1,
    shownMs: null,
    networks: [full.id, failed.id].map((runId) => ({ runId, step: 2 })),
    pairs: [{ id: "1", index: 1, network: 0, against: 1, place: 1 }],
  });
  store.saveJudge("study1", { id: "ada", name: "Ada", judgements: [{ pair: "1", picture: 0, ms: 9 }] });
  return { store, ids: [full.id, failed.id, running.id] };
}

/** Text of all rows, by which two moments of one store are told apart. */
function rowsOf(store: Store): string {
  const database = new Database(databasePath(store.folder), { readonly: true });
  const tables = database
    .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'")
    .pluck()
    .all();
  const rows = tables.map((table) => database.prepare(`SELECT * FROM "${table}"`).all());
  database.close();
  return JSON.stringify(rows, (_, value) =>
    value instanceof Uint8Array ? Buffer.from(value).toString("hex") : value,
  );
}

function target(test: TestContext): Store {
  return temporaryStore(test, { now: handClock().now });
}

describe("a store that is merged into another", () => {
  it("is there as every reader tells it, and again changes nothing", (test) => {
    const { store, ids } = fullStore(test);
    const into = target(test);
    const merged = mergeStore(into.folder, databasePath(store.folder));
    assert.deepEqual(
      merged.map(({ id, mode }) => [id, mode]),
      ids.map((id) => [id, "new"]),
    );
    assert.deepEqual(everythingOf(into), everythingOf(store));
    assert.ok(everythingOf(into).runs[2]!.studies.length === 1);
    const rows = rowsOf(into);
    const again = mergeStore(into.folder, databasePath(store.folder));
    assert.deepEqual(new Set(again.map(({ mode }) => mode)), new Set(["add"]));
    assert.equal(rowsOf(into), rows);
  });

  it("is read where it lies when nobody has it open, and left as it was", (test) => {
    const { store, ids } = fullStore(test);
    const into = target(test);
    const file = databasePath(store.folder);
    store.close();
    openReadOnly(file).close(); // leaves an empty -wal
    const bytes = readFileSync(file);
    const merger = openMerger(into.folder);
    test.after(() => merger.close());
    const placeOf = (database: Database.Database) =>
      (database.pragma("database_list") as { name: string; file: string }[]).find(
        ({ name }) => name === "other",
      )?.file;
    const merged = merger.merge(file, { alongside: (database) => assert.equal(placeOf(database), file) });
    assert.deepEqual(
      merged.map(({ id, mode }) => [id, mode]),
      ids.map((id) => [id, "new"]),
    );
    assert.deepEqual(readFileSync(file), bytes);
    const writing = openForWriting(store.folder);
    test.after(() => writing.close());
    writing.exec("UPDATE runs SET note = 'later'"); // is in the -wal alone
    merger.merge(file, {
      alongside: (database) => {
        assert.notEqual(placeOf(database), file);
        writing.exec("UPDATE runs SET note = 'meanwhile'");
      },
    });
    writing.pragma("wal_checkpoint(TRUNCATE)");
    merger.merge(file, {
      alongside(database) {
        assert.equal(placeOf(database), file);
        writing.exec("UPDATE runs SET note = 'in place'"); // its writer need not wait
      },
    });
    const damaged = readFileSync(file);
    damaged.fill(255, 4096 * 3, 4096 * 6);
    writing.close();
    writeFileSync(file, damaged);
    const before = everythingOf(into);
    assert.throws(() => merger.merge(file), /runs\.db: .*damaged/);
    assert.deepEqual(everythingOf(into), before);
  });

  it("adds to what is there: series numbers, kinds, pictures and data sets are shared", (test) => {
    const { store } = fullStore(test);
    const into = target(test);
    const own = into.createRun(newRun({ name: "own" }));
    log(own, 1, { "train/other": 5, "train/loss": 7 });
    own.logImages([{ ...picture, epoch: 1, kind: "colorized", bytes: Buffer.from("colored") }]);
    own.finish("FINISHED");
    const before = everythingOf(into).runs[0]!;
    mergeStore(into.folder, databasePath(store.folder));
    const all = everythingOf(into).runs;
    assert.deepEqual(
      all.find(({ id }) => id === own.id),
      before,
    );
    assert.deepEqual(
      all.filter(({ id }) => id !== own.id),
      everythingOf(store).runs,
    );
    const database = new Database(databasePath(into.folder), { readonly: true });
    const count = (sql: string) => database.prepare(sql).pluck().get();
    assert.equal(count("SELECT count(*) FROM blobs"), 2);
    assert.equal(count("SELECT count(*) - count(DISTINCT name) FROM series_kinds"), 0);
    assert.deepEqual(database.pragma("foreign_key_check"), []);
    assert.equal(database.pragma("integrity_check", { simple: true }), "ok");
    database.close();
  });

  it("killed in the middle has changed nothing, and the next merge does it all", async (test) => {
    const { store } = fullStore(test);
    const into = target(test);
    const rows = rowsOf(into);
    const { lines, end } = await outcomeOf(
      startChild("child-merge-killed.ts", [into.folder, databasePath(store.folder)]),
    );
    assert.equal(end, "SIGKILL");
    assert.deepEqual(lines, ["3 runs, 7 values"]);
    assert.equal(rowsOf(into), rows);
    mergeStore(into.folder, databasePath(store.folder));
    assert.deepEqual(everythingOf(into), everythingOf(store));
  });

  it("brings a run under way up to date, to its end, and through a resume that cuts", (test) => {
    const clock = handClock();
    const store = temporaryStore(test, { now: clock.now });
    const into = target(test);
    const merge = () => mergeStore(into.folder, databasePath(store.folder))[0]!.mode;
    const run = store.createRun(newRun());
    const step = (at: number) => {
      clock.at += 1000;
      log(run, at, { "train/loss": at / 7, "train/rate": at });
      if (at % 2 === 0) log(run, at, { "unseen/psnr": at, "seen/loss": at });
    };
    for (const at of [1, 2]) step(at);
    run.flush();
    assert.equal(merge(), "new");
    for (const at of [3, 4]) step(at);
    run.logEvaluation(5, [psnr(30)]);
    run.event("info", "note", "later");
    run.logImages([{ ...picture, epoch: 2, kind: "colorized", bytes: Buffer.from("second") }]);
    assert.equal(merge(), "extend");
    assert.deepEqual(everythingOf(into), everythingOf(store));
    run.finish("KILLED");
    assert.equal(merge(), "extend");
    assert.deepEqual(everythingOf(into), everythingOf(store));
    const again = store.resumeRun(run.id, { fromStep: 2 });
    again.rewind(2, 1);
    declare(again, "train/loss");
    again.logScalars(3, { "train/loss": 33 });
    again.flush();
    assert.equal(merge(), "replace");
    assert.deepEqual(everythingOf(into), everythingOf(store));
    const database = new Database(databasePath(into.folder), { readonly: true });
    assert.equal(
      database.prepare("SELECT count(*) FROM blobs").pluck().get(),
      0,
      "no picture is left behind",
    );
    database.close();
  });

  it("keeps a run that forked, whoever resumed it more often", (test) => {
    const clock = handClock();
    const store = temporaryStore(test, { now: clock.now });
    const run = store.createRun(newRun());
    log(run, 2, { "train/loss": 2 });
    run.finish("KILLED");
    const into = target(test);
    const merge = () => mergeStore(into.folder, databasePath(store.folder))[0]!.mode;
    assert.equal(merge(), "new");
    const goOn = (where: Store, step: number) => {
      const again = where.resumeRun(run.id, { fromStep: 2 });
      again.rewind(2, 1);
      declare(again, "train/loss");
      again.logScalars(step, { "train/loss": step });
      again.finish("KILLED");
    };
    goOn(into, 999);
    goOn(store, 3);
    assert.equal(merge(), "conflict", "as often");
    goOn(store, 3);
    assert.equal(merge(), "conflict", "resumed more often there");
    goOn(into, 999);
    goOn(into, 1000);
    assert.equal(merge(), "conflict", "resumed more often here");
    assert.deepEqual([...into.series(run.id, "train/loss")!.step], [2, 1000]);
  });

  it("drops what was measured here of a network that was cut away, and of other images", (test) => {
    const clock = handClock();
    const store = temporaryStore(test, { now: clock.now });
    saveFaces(store);
    const run = store.createRun(newRun());
    log(run, 10, { "train/loss": 2 });
    run.finish("KILLED");
    const into = target(test);
    saveFaces(into);
    mergeStore(into.folder, databasePath(store.folder));
    const measure = (where: Store, step: number, name: string, fingerprint: string, metric = "psnr") => {
      const { ofSet, ofImages, ...rest } = psnr(20, name);
      const renamed = { ofSet: { [metric]: ofSet.psnr }, ofImages: { [metric]: ofImages.psnr } };
      const measured = { ...rest, ...renamed };
      where.saveEvaluation(run.id, { step, series: [specOf(`${name}/${metric}`)], measured, fingerprint });
    };
    measure(into, 4, "kept", faces.fingerprint);
    measure(into, 10, "kept", faces.fingerprint);
    measure(into, 4, "coco", faces.fingerprint, "ssim");
    const again = store.resumeRun(run.id, { fromStep: 5 });
    again.rewind(5, 2);
    again.finish("KILLED");
    measure(store, 5, "coco", dataset.fingerprint);
    assert.equal(mergeStore(into.folder, databasePath(store.folder))[0]!.mode, "replace");
    assert.deepEqual([...into.series(run.id, "kept/psnr")!.step], [4]);
    const database = new Database(databasePath(into.folder), { readonly: true });
    assert.deepEqual(database.prepare("SELECT step FROM image_values ORDER BY step").pluck().all(), [4, 5]);
    database.close();
    assert.deepEqual(names(into, run.id).sort(), ["coco/psnr", "kept/psnr"]);
    const sets = into.evaluationSets(run.id).map(({ set, fingerprint }) => [set, fingerprint]);
    assert.deepEqual(sets.sort(), [
      ["coco", dataset.fingerprint],
      ["kept", faces.fingerprint],
    ]);
  });

  it("never takes a run back", (test) => {
    const clock = handClock();
    const store = temporaryStore(test, { now: clock.now });
    const run = store.createRun(newRun());
    log(run, 1, { "train/loss": 1 });
    run.flush();
    const early = join(temporaryFolder(test), "early.db");
    writeFileSync(early, readFileSync(databasePath(store.folder)));
    copyFileSync(`${databasePath(store.folder)}-wal`, `${early}-wal`);
    clock.at += 5000;
    log(run, 2, { "train/loss": 2 });
    run.finish("FINISHED");
    const into = target(test);
    mergeStore(into.folder, databasePath(store.folder));
    const rows = rowsOf(into);
    assert.equal(mergeStore(into.folder, early)[0]!.mode, "older");
    assert.equal(rowsOf(into), rows);
  });

  it("leaves what people said of a run here, and what was measured here", (test) => {
    const clock = handClock();
    const store = temporaryStore(test, { now: clock.now });
    const run = store.createRun(newRun());
    log(run, 2, { "train/loss": 1, "unseen/psnr": 1 });
    run.flush();
    const into = openStore(temporaryFolder(test), { now: () => clock.at + 1e6 });
    test.after(() => into.close());
    mergeStore(into.folder, databasePath(store.folder));
    saveFaces(into);
    into.setNote(run.id, "seen");
    into.removeTag(run.id, "smoke");
    const evaluation = { step: 3, series: [specOf("faces/psnr"), specOf("unseen/psnr")] };
    into.saveEvaluation(run.id, {
      ...evaluation,
      measured: psnr(20, "faces"),
      fingerprint: faces.fingerprint,
    });
    into.saveEvaluation(run.id, { ...evaluation, measured: psnr(21), fingerprint: null });
    clock.at += 5000;
    // Between the two steps at which the series was measured here.
    log(run, 4, { "unseen/psnr": 4, "train/loss": 2 });
    run.finish("FINISHED");
    mergeStore(into.folder, databasePath(store.folder));
    assert.equal(into.getRun(run.id).note, "seen");
    assert.deepEqual(into.getRun(run.id).tags, ["grün 🌈"]);
    assert.deepEqual([...into.series(run.id, "faces/psnr")!.value], [20]);
    assert.deepEqual([...into.series(run.id, "unseen/psnr")!.step], [2, 3, 4]);
    // And what was measured there comes along, once.
    saveFaces(store);
    const there = { ...evaluation, measured: psnr(50, "others"), series: [specOf("others/psnr")] };
    store.saveEvaluation(run.id, { ...there, fingerprint: faces.fingerprint });
    assert.equal(mergeStore(into.folder, databasePath(store.folder))[0]!.mode, "add");
    assert.deepEqual([...into.series(run.id, "others/psnr")!.value], [50]);
    assert.equal(into.getRun(run.id).note, "seen");
  });

  it("does not bring back what was deleted or purged here, unless it is asked for", (test) => {
    const { store, ids } = fullStore(test);
    const into = target(test);
    const file = databasePath(store.folder);
    mergeStore(into.folder, file);
    const [full, failed] = ids as [string, string];
    into.trashRun(full);
    into.trashRun(failed);
    into.deleteRun(failed);
    const merged = mergeStore(into.folder, file);
    assert.deepEqual(
      merged.map(({ mode }) => mode),
      ["add", "purged", "add"],
    );
    assert.ok(into.getDeletedRun(full));
    assert.throws(() => into.getRun(failed), /no such id/);
    assert.equal(mergeStore(into.folder, file, { purged: "comes back" })[1]!.mode, "new");
    assert.equal(into.getRun(failed).error, "it broke");
  });

  it("ends a trial whose run had ended before, and one that fails without a run", (test) => {
    const { store } = fullStore(test);
    const into = target(test);
    const next = () => ({ parameters: { rate: 2 }, seed: 3 });
    const failing = store.claimTrial("sweep1", { retries: 0, next });
    assert.ok(typeof failing !== "string");
    const running = store.trials("sweep1")[1]!;
    const states = () => into.trials("sweep1").map(({ state }) => state);
    mergeStore(into.folder, databasePath(store.folder));
    assert.deepEqual(states(), ["complete", "running", "running"]);
    store.endTrial(running, { state: "complete", error: null });
    store.endTrial(failing, { state: "failed", error: "no such file" });
    assert.equal(mergeStore(into.folder, databasePath(store.folder))[2]!.mode, "add");
    assert.deepEqual(states(), ["complete", "complete", "failed"]);
    assert.deepEqual(into.trials("sweep1"), store.trials("sweep1"));
  });

  it("takes one run alone where one is asked for", (test) => {
    const { store, ids } = fullStore(test);
    const into = target(test);
    mergeStore(into.folder, databasePath(store.folder), { only: [ids[1]!] });
    assert.deepEqual(
      into.listRuns().map(({ id }) => id),
      [ids[1]],
    );
    assert.deepEqual(into.listSweeps(), []);
    assert.throws(
      () => mergeStore(into.folder, databasePath(store.folder), { only: ["nobody"] }),
      /has no run nobody/,
    );
  });

  it("of an older version is read, of a newer one refused by name, damaged or foreign ones too", (test) => {
    const folder = temporaryFolder(test);
    const into = target(test);
    const rows = rowsOf(into);
    const old = join(folder, "old.db");
    const database = new Database(old);
    migrate(database, migrations.slice(0, 12));
    database.exec(`INSERT INTO datasets VALUES ('f', 'some', 8, 1, 1);
      INSERT INTO runs (id, name, status, heartbeat_at, created_at, finished_at, engine, device, dataset_fingerprint, parameters,
        steps_per_epoch, experiment, experiment_version, provenance)
      VALUES ('abc', 'old', 'FINISHED', 1, 1, 2, 'onnx', 'cpu', 'f', 1, 1, '{}', 1, '{}')`);
    database.close();
    const bytes = readFileSync(old);
    assert.equal(mergeStore(into.folder, old)[0]!.mode, "new");
    assert.deepEqual(readFileSync(old), bytes, "the file itself is as it was");
    into.trashRun("abc");
    into.deleteRun("abc");

    const refused = (name: string, change: (database: Database.Database) => void, expected: RegExp) => {
      const file = join(folder, name);
      const changed = new Database(file);
      migrate(changed, migrations);
      change(changed);
      changed.close();
      assert.throws(() => mergeStore(into.folder, file), expected);
    };
    refused(
      "newer.db",
      (it) => it.pragma(`user_version = ${migrations.length + 1}`),
      /newer\.db: .*newer Hueristic/,
    );
    refused("foreign.db", (it) => it.pragma("application_id = 7"), /foreign\.db: .*another program/);
    refused("views.db", (it) => it.exec("DROP TABLE runs"), /views\.db: .*no such table/);
    const whole = readFileSync(databasePath(fullStore(test).store.folder));
    writeFileSync(join(folder, "cut.db"), whole.subarray(0, whole.length / 2));
    assert.throws(
      () => mergeStore(into.folder, join(folder, "cut.db")),
      /cut\.db: .*(damaged|not a SQLite|holds no runs)/,
    );
    assert.throws(() => mergeStore(into.folder, join(folder, "nothing.db")), /nothing\.db: no such file/);
    assert.equal(into.listRuns().length, 0);
    assert.ok(rows.length > 0);
  });
});

it("versions: a revision beats all, then the end, then the longer time; two writers of one revision are a conflict", () => {
  const here = { revision: 3, token: "a", ended: false, elapsedMs: 10 };
  const line = { theyFollow: true, weFollow: true };
  const modes = [
    [{ revision: 4, token: "b", elapsedMs: 1 }, "replace"],
    [{ revision: 2, ended: true, elapsedMs: 99 }, "older"],
    [{ ended: true, elapsedMs: 9 }, "extend"],
    [{ elapsedMs: 11 }, "extend"],
    [{ elapsedMs: 9 }, "older"],
    [{}, "add"],
    [{ token: "b", elapsedMs: 99, ended: true }, "conflict"],
  ] as const;
  for (const [there, mode] of modes) assert.equal(mergeModeOf(here, { ...here, ...there }, line), mode);
  const forked = { theyFollow: false, weFollow: false };
  for (const revision of [2, 4]) assert.equal(mergeModeOf(here, { ...here, revision }, forked), "conflict");
  assert.equal(mergeModeOf(null, here, forked), "new");
  const old = { ...here, token: null };
  assert.equal(
    mergeModeOf(old, { ...old, elapsedMs: 11 }, line),
    "replace",
    "resumed before revisions were counted",
  );
});
