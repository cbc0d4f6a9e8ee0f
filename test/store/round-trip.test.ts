import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import Database from "better-sqlite3";
import { databasePath } from "../../src/store/open-database.ts";
import {
  dataset,
  declare,
  experiment,
  handClock,
  log,
  newRun,
  saveDataset,
  names as seriesNames,
  temporaryStore,
} from "./fixtures.ts";

describe("what goes in comes out", () => {
  it("a run, to the last field", (test) => {
    const clock = handClock();
    const store = temporaryStore(test, { now: clock.now, newId: () => "k3v9x2mp" });
    const run = newRun({
      source: null,
      experiment: { ...experiment, description: "Ünïcödé 🎨 'quoted' \"twice\"" },
    });
    const writer = store.createRun(run);
    const tags = [...experiment.tags].sort();
    const expected = {
      ...run,
      id: "k3v9x2mp",
      createdAt: clock.at,
      error: null,
      tags,
      note: "",
      deletedAt: null,
    };
    assert.deepEqual(store.getRun("k3v9x2mp"), {
      ...expected,
      status: "RUNNING",
      heartbeatAt: clock.at,
      finishedAt: null,
    });
    clock.at += 1234;
    writer.finish("FAILED", "Error: boom\n    at step");
    const ended = { heartbeatAt: clock.at, finishedAt: clock.at, error: "Error: boom\n    at step" };
    assert.deepEqual(store.getRun("k3v9x2mp"), { ...expected, status: "FAILED", ...ended });
    assert.equal(store.summaries()[0]?.durationMs, 1234);
  });

  it("scalars, with NaN, infinities and times", (test) => {
    const clock = handClock();
    const store = temporaryStore(test, { now: clock.now });
    const writer = store.createRun(newRun());
    const values = [0, 0.1, -1e-300, Number.MAX_VALUE, Number.NaN, Infinity, -Infinity, 2 ** 53 + 2, 5e-324];
    values.forEach((value, index) => {
      clock.at += 10;
      log(writer, index * 1_000_000, { "train/loss": value });
    });
    log(writer, 2 ** 53 - 1, { "train/loss": 7 });
    writer.flush();
    const series = store.series(writer.id, "train/loss")!;
    assert.deepEqual([...series.value], [...values, 7]);
    assert.deepEqual([...series.step], [...values.map((_, index) => index * 1_000_000), 2 ** 53 - 1]);
    assert.deepEqual([...series.elapsedMs], [10, 20, 30, 40, 50, 60, 70, 80, 90, 90]);
    assert.deepEqual(seriesNames(store, writer.id), ["train/loss"]);
    assert.equal(store.series(writer.id, "train/lass"), undefined);
  });

  it("NaN is NULL and an infinity is an infinity in the file", (test) => {
    const store = temporaryStore(test);
    const writer = store.createRun(newRun());
    log(writer, 1, { "train/a": Number.NaN, "train/b": Infinity, "train/c": -Infinity });
    writer.flush();
    const database = new Database(databasePath(store.folder), { readonly: true });
    test.after(() => database.close());
    const stored = database
      .prepare("SELECT value, typeof(value) FROM scalars ORDER BY series_id")
      .raw()
      .all();
    assert.deepEqual(stored, [
      [null, "null"],
      [Infinity, "real"],
      [-Infinity, "real"],
    ]);
  });

  it("names in any script and of any length", (test) => {
    const store = temporaryStore(test);
    const names = ["x".repeat(10_000), "ü🌈\n\t'\"; DROP TABLE runs", "漢字/かな", "__proto__x", "a b"];
    for (const name of names) {
      const writer = store.createRun(newRun({ name }));
      const series = names.map((each) => `train/${each}`);
      log(writer, 1, Object.fromEntries(series.map((each, index) => [each, index])));
      writer.event("info", name, name);
      writer.flush();
      assert.equal(store.getRun(name).id, writer.id);
      assert.deepEqual(seriesNames(store, writer.id).sort(), [...series].sort());
      assert.equal(store.series(writer.id, `train/${name}`)!.value[0], names.indexOf(name));
      assert.equal(store.events(writer.id)[0]!.message, name);
      assert.deepEqual(
        store.listRuns({ name }).map((run) => run.name),
        [name],
      );
    }
  });

  it("images, whose bytes are stored once", (test) => {
    const store = temporaryStore(test);
    const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => index % 251);
    const image = { set: "seen", index: 0, imageId: "a.png", mime: "image/webp" } as const;
    const writers = [store.createRun(newRun()), store.createRun(newRun())];
    for (const writer of writers) {
      writer.logImages([
        { ...image, epoch: 0, kind: "real", bytes },
        { ...image, epoch: 0, kind: "grey", bytes },
      ]);
      writer.logImages([{ ...image, epoch: 3, kind: "colorized", bytes: Uint8Array.of(1, 2, 3) }]);
    }
    const blobHash = createHash("sha256").update(bytes).digest("hex");
    const [grey, real, colorized] = store.images(writers[1]!.id);
    const common = { set: "seen", index: 0, imageId: "a.png" };
    assert.deepEqual(grey, { ...common, epoch: 0, kind: "grey", blobHash });
    assert.deepEqual(real, { ...common, epoch: 0, kind: "real", blobHash });
    assert.equal(colorized?.epoch, 3);
    const blob = store.blob(blobHash)!;
    assert.equal(blob.mime, "image/webp");
    assert.deepEqual(Uint8Array.from(blob.bytes), bytes);
    assert.equal(store.blob("0".repeat(64)), undefined);
    const database = new Database(databasePath(store.folder), { readonly: true });
    test.after(() => database.close());
    assert.deepEqual(database.prepare("SELECT count(*) FROM blobs").pluck().all(), [2]);
  });

  it("events, in order", (test) => {
    const clock = handClock();
    const store = temporaryStore(test, { now: clock.now });
    const writer = store.createRun(newRun());
    writer.event("info", "checkpoint", "epoch 1");
    clock.at += 5;
    writer.event("warning", "non-finite", "the loss of step 7 is NaN");
    assert.deepEqual(store.events(writer.id), [
      { at: clock.at - 5, level: "info", kind: "checkpoint", message: "epoch 1" },
      { at: clock.at, level: "warning", kind: "non-finite", message: "the loss of step 7 is NaN" },
    ]);
  });

  it("a data set, however often it is saved", (test) => {
    const store = temporaryStore(test);
    saveDataset(store);
    assert.deepEqual(store.dataset(dataset.fingerprint), dataset);
    assert.deepEqual(store.datasetImages(dataset.fingerprint), [
      { id: "a.png", set: "seen" },
      { id: "b.png", set: "unseen" },
      { id: "c.png", set: "seen" },
    ]);
    assert.deepEqual(store.skippedFiles(dataset.fingerprint), [
      { path: "broken.jpg", reason: "not an image" },
    ]);
    assert.equal(store.dataset("unknown"), undefined);
    assert.deepEqual(store.datasetImages("unknown"), []);
  });

  it("refuses a data set that contradicts itself, and a run of an unknown one", (test) => {
    const store = temporaryStore(test);
    const [seen, unseen] = ["seen", "unseen"] as const;
    const row = { ...dataset, fingerprint: "e", seenCount: 1, unseenCount: 1 };
    const save = (images: { id: string; set: "seen" | "unseen" }[]) => () =>
      store.saveDataset(row, images, []);
    assert.throws(
      save([
        { id: "a", set: seen },
        { id: "a", set: unseen },
      ]),
      /image "a" occurs twice/,
    );
    assert.throws(save([{ id: "a", set: seen }]), /expected 1 seen and 1 unseen images, got 1 and 0/);
    assert.throws(
      () => store.createRun(newRun({ datasetFingerprint: "e" })),
      /save it first with saveDataset/,
    );
  });

  it("keeps wrong rows out at the last line of defence", (test) => {
    const store = temporaryStore(test);
    const writer = store.createRun(newRun());
    declare(writer, "unseen/loss");
    const { id } = writer;
    const database = new Database(databasePath(store.folder));
    test.after(() => database.close());
    const wrong = [
      `UPDATE runs SET status = 'FINISHED'`,
      `UPDATE runs SET status = 'SLEEPING'`,
      `UPDATE runs SET experiment = '{'`,
      `UPDATE runs SET steps_per_epoch = 0`,
      `UPDATE runs SET steps_per_epoch = 'many'`,
      `UPDATE runs SET dataset_fingerprint = 'unknown'`,
      `UPDATE runs SET error = 'but it runs'`,
      `INSERT INTO series VALUES (1, 'nobody', 'train', 'loss', 1)`,
      `INSERT INTO series VALUES (1, '${id}', 'train', 'loss', 99)`,
      `INSERT INTO series VALUES (1, '${id}', 'train/loss', 'loss', 1)`,
      `INSERT INTO series_kinds SELECT 99, name, title, unit, 'bigger', family, per, compares, chart, reference, range_from, range_to, description, source FROM series_kinds`,
      `INSERT INTO scalars VALUES (99, 1, 1, 1)`,
      `INSERT INTO images VALUES ('${id}', 0, 'seen', 0, 'real', 'a.png', '${"0".repeat(64)}')`,
      `INSERT INTO tags VALUES ('${id}', '')`,
      `INSERT INTO events VALUES (1, '${id}', 0, 'panic', 'x', 'x')`,
      `INSERT INTO dataset_images VALUES ('${dataset.fingerprint}', 9, 'd.png', 'half-seen', NULL)`,
      `DELETE FROM datasets`,
    ];
    for (const sql of wrong) assert.throws(() => database.exec(sql), { code: /^SQLITE_CONSTRAINT/ }, sql);
  });
});
