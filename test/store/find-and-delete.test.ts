import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import Database from "better-sqlite3";
import { databasePath } from "../../src/store/open-database.ts";
import { openStore } from "../../src/store/open-store.ts";
import {
  dataset,
  declare,
  handClock,
  log,
  newRun,
  outcomeOf,
  startChild,
  temporaryStore,
} from "./fixtures.ts";

/** Runs with these ids and names, one second apart. */
function storeWith(test: TestContext, runs: readonly (readonly [id: string, name: string])[]) {
  const clock = handClock();
  const ids = runs.map(([id]) => id);
  const store = temporaryStore(test, { now: clock.now, newId: () => ids.shift()! });
  const writers = runs.map(([, name]) => {
    clock.at += 1000;
    return store.createRun(newRun({ name }));
  });
  return { clock, store, writers };
}

const userError = (message: RegExp) => ({ name: "UserError", message });

describe("finding a run", () => {
  const runs = [
    ["aaaa1111", "coco-beta"],
    ["aabb2222", "coco-beta"],
    ["bbbb3333", "celeba-beta"],
  ] as const;

  it("takes an id, its beginning, a name, or latest", (test) => {
    const { store } = storeWith(test, runs);
    assert.equal(store.getRun("aaaa1111").id, "aaaa1111");
    assert.equal(store.getRun("AAB").id, "aabb2222");
    assert.equal(store.getRun("b").id, "bbbb3333");
    assert.equal(store.getRun("coco-beta").id, "aabb2222");
    assert.equal(store.getRun("latest").id, "bbbb3333");
  });

  it("prefers an exact name to the beginning of an id", (test) => {
    const { store } = storeWith(test, [...runs, ["cccc4444", "b"]]);
    assert.equal(store.getRun("b").id, "cccc4444");
  });

  it("lists the runs that an ambiguous beginning fits", (test) => {
    const { store } = storeWith(test, runs);
    assert.throws(
      () => store.getRun("aa"),
      userError(/run "aa": expected one run, got 2: aabb2222 "coco-beta", aaaa1111 "coco-beta"$/),
    );
  });

  it("suggests near misses and shows what there is", (test) => {
    const { store } = storeWith(test, runs);
    assert.throws(
      () => store.getRun("celeba-bta"),
      userError(/did you mean bbbb3333 "celeba-beta"\? \(`hueristic list` shows: bbbb3333/),
    );
    for (const ref of ["zzzzzzzzzzz", "%", "_aaa", "", "'"])
      assert.throws(
        () => store.getRun(ref),
        userError(/no such id, beginning of an id, name, tag, file or sweep/),
        ref,
      );
  });

  it("says so where there are no runs", (test) => {
    assert.throws(() => temporaryStore(test).getRun("latest"), userError(/no runs here yet; start one/));
  });

  it("lists the newest first, filtered and limited", (test) => {
    const { store } = storeWith(test, runs);
    const ids = (list: readonly { id: string }[]) => list.map(({ id }) => id);
    assert.deepEqual(ids(store.listRuns()), ["bbbb3333", "aabb2222", "aaaa1111"]);
    assert.deepEqual(ids(store.listRuns({ limit: 1 })), ["bbbb3333"]);
    assert.deepEqual(ids(store.listRuns({ name: "coco-beta" })), ["aabb2222", "aaaa1111"]);
    assert.deepEqual(ids(store.summaries({ name: "coco-beta", limit: 1 })), ["aabb2222"]);
    assert.deepEqual(ids(store.listRuns({ name: "coco" })), []);
  });

  it("sums up where each run stands", (test) => {
    const { clock, store, writers } = storeWith(test, runs);
    const [first, second] = [writers[0]!, writers[1]!];
    for (let step = 1; step <= 5; step++) log(first, step, { "train/loss": 1 / step });
    log(first, 4, { "unseen/loss": Number.NaN });
    clock.at += 500;
    first.flush();
    log(second, 0, { "unseen/loss": 1 });
    second.flush();
    const [newest, middle, oldest] = store.summaries();
    assert.deepEqual(oldest?.last, { "train/loss": 0.2, "unseen/loss": Number.NaN });
    assert.deepEqual([oldest?.lastStep, oldest?.lastEpoch], [5, 2]);
    assert.deepEqual([middle?.lastStep, middle?.lastEpoch], [0, 0]);
    assert.deepEqual([newest?.lastStep, newest?.lastEpoch, newest?.last], [null, null, {}]);
    assert.equal(oldest?.durationMs, 2500);
  });

  it("draws another id where one is taken", (test) => {
    const ids = ["aaaa1111", "aaaa1111", "bbbb2222"];
    const store = temporaryStore(test, { newId: () => ids.shift()! });
    assert.equal(store.createRun(newRun()).id, "aaaa1111");
    assert.equal(store.createRun(newRun()).id, "bbbb2222");
  });
});

describe("deleting a run", () => {
  it("takes nothing from a store that was frozen before", (test) => {
    const { store, writers } = storeWith(test, [["aaaa1111", "coco-beta"]]);
    log(writers[0]!, 1, { "train/loss": 0.5 });
    writers[0]!.finish("FINISHED");
    const reader = openStore(store.folder, { readonly: true });
    test.after(() => reader.close());
    reader.freeze();
    store.deleteRun("aaaa1111");
    assert.equal(reader.getRun("aaaa1111").name, "coco-beta");
    assert.deepEqual([...reader.series("aaaa1111", "train/loss")!.value], [0.5]);
    assert.equal(
      reader.atOnce(() => reader.listRuns()).length,
      1,
      "what is read at once is of the same state",
    );
    reader.close();
    assert.equal(store.listRuns().length, 0);
  });

  it("leaves nothing behind but what other runs use", (test) => {
    const { store, writers } = storeWith(test, [
      ["aaaa1111", "a"],
      ["bbbb2222", "b"],
    ]);
    const image = { set: "unseen", index: 0, imageId: "b.png", mime: "image/png" } as const;
    const faces = { fingerprint: "e".repeat(64), description: "", size: 32, seenCount: 0, unseenCount: 1 };
    const whole = { ...faces, fingerprint: "d".repeat(64) };
    for (const each of [faces, whole]) store.saveDataset(each, [{ id: "face.png", set: "unseen" }], []);
    for (const [number, writer] of writers.entries()) {
      log(writer, 1, { "train/loss": 1 });
      writer.logImages([{ ...image, epoch: 0, kind: "real", bytes: Uint8Array.of(7) }]);
      writer.logImages([{ ...image, epoch: 1, kind: "colorized", bytes: Uint8Array.of(number) }]);
      writer.event("info", "checkpoint", "x");
      declare(writer, "faces/psnr");
      writer.nameSets([
        { set: "faces", fingerprint: faces.fingerprint },
        { set: "part", fingerprint: faces.fingerprint, partOf: whole.fingerprint },
      ]);
      writer.logEvaluation(1, [
        {
          set: "faces",
          ofSet: { psnr: 1 },
          ofImages: { psnr: Float64Array.of(1) },
          places: Uint32Array.of(0),
        },
      ]);
    }
    assert.throws(() => store.deleteRun("aaaa1111"), userError(/still running; stop it first/));
    assert.throws(() => store.deleteRun("nobody"), userError(/no such id/));
    const [real, colorized] = store.images("aaaa1111");
    for (const writer of writers) writer.finish("FINISHED");

    store.deleteRun("aaaa1111");
    assert.deepEqual(
      store.listRuns().map(({ id }) => id),
      ["bbbb2222"],
    );
    assert.ok(store.blob(real!.blobHash), "the other run shows it, too");
    assert.equal(store.blob(colorized!.blobHash), undefined);
    assert.ok(store.dataset(dataset.fingerprint));
    assert.ok(store.dataset(faces.fingerprint), "the other run is measured on it, too");
    assert.deepEqual([...store.series("bbbb2222", "train/loss")!.value], [1]);

    store.deleteRun("bbbb2222");
    const database = new Database(databasePath(store.folder), { readonly: true });
    test.after(() => database.close());
    const tables = database
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
      .pluck()
      .all();
    assert.equal(tables.length, 24);
    // The catalogue says what any run may log; purged runs are known, so that no file brings them back.
    for (const table of tables.filter((name) => name !== "series_kinds" && name !== "purged_runs"))
      assert.equal(database.prepare(`SELECT count(*) FROM ${table}`).pluck().get(), 0, String(table));
  });

  it("goes in slices: beside it others see the run shrink, and write", async (test) => {
    const store = temporaryStore(test);
    const large = store.createRun(newRun());
    log(large, 0, { "train/loss": 0 });
    for (let step = 1; step <= 60_000; step++) large.logScalars(step, { "train/loss": step });
    const image = {
      epoch: 1,
      set: "unseen",
      kind: "colorized",
      imageId: "b.png",
      mime: "image/png",
    } as const;
    const pictures = Array.from({ length: 250 }, (_, index) => ({
      ...image,
      index,
      bytes: Uint8Array.of(index, 1),
    }));
    large.logImages(pictures);
    large.finish("FINISHED");
    const beside = store.createRun(newRun({ name: "beside" }));
    const rows = new Database(databasePath(store.folder), { readonly: true });
    test.after(() => rows.close());
    const left = () =>
      ["scalars", "images", "blobs"].map(
        (table) => rows.prepare(`SELECT count(*) FROM ${table}`).pluck().get() as number,
      );
    const child = startChild("child-delete.ts", [store.folder, large.id]);
    const ended = outcomeOf(child);
    const seen = [left()];
    let hasEnded = false;
    void ended.then(() => {
      hasEnded = true;
    });
    for (let step = 1; !hasEnded; step++) {
      log(beside, step, { "unseen/loss": 1 });
      beside.flush();
      seen.push(left());
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    assert.deepEqual(await ended, { lines: [], end: 0 });
    assert.ok(
      seen.some(([scalars]) => scalars! > 1000 && scalars! < 60_000),
      "some of its values are gone, not all",
    );
    assert.deepEqual(left().slice(1), [0, 0]);
    assert.throws(() => store.getDeletedRun(large.id), { name: "UserError" });
    beside.finish("FINISHED");
  });

  it("stops the writer of a dead run that wakes up", (test) => {
    const { clock, store, writers } = storeWith(test, [["aaaa1111", "a"]]);
    clock.at += 60_001;
    store.deleteRun("aaaa1111");
    assert.throws(() => writers[0]!.flush(), userError(/was deleted or taken over/));
    assert.throws(() => store.close(), /was deleted/);
  });
});
