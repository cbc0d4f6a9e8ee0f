// Databases of the time before declarations: their series get them, and keep their values.

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import Database from "better-sqlite3";
import { migrate } from "../../src/store/migrate.ts";
import { databasePath } from "../../src/store/open-database.ts";
import { openStore } from "../../src/store/open-store.ts";
import { migrations } from "../../src/store/schema.ts";
import { experiment, newRun, specOf, temporaryFolder, temporaryStore } from "./fixtures.ts";

/** Migrations before declared series. */
const oldSchema = migrations.slice(0, 5);

const texts = [
  "train/loss",
  "unseen/loss",
  "portraits/loss",
  "unseen/psnr",
  "portraits/psnr",
  "unseen/emergence/skin_brown",
  "unseen/emergence/skin_brown/real",
  "unseen/color/chroma_ratio",
  "train/D_score",
  "train/G_GAN",
  "unseen/home_made",
];

/** The folder of an old store: a run of beta and one of pix2pix, which log a value of every series at steps 0, 2 and 4. */
function oldStore(test: TestContext): string {
  const folder = join(temporaryFolder(test), "runs");
  mkdirSync(folder);
  const database = new Database(databasePath(folder));
  migrate(database, oldSchema);
  database.exec("INSERT INTO datasets VALUES ('f', 'three images', 32, 2, 1), ('e', 'faces', 32, 0, 1)");
  database.exec("INSERT INTO dataset_images VALUES ('f', 0, 'a.png', 'unseen'), ('e', 0, 'p.png', 'unseen')");
  database.exec("INSERT INTO metrics VALUES ('psnr', 'higher', 'dB', 'a ratio', 'a paper')");
  const insertRun = database.prepare(
    `INSERT INTO runs (id, name, status, heartbeat_at, created_at, finished_at, engine, device, dataset_fingerprint,
       parameters, steps_per_epoch, experiment, provenance, experiment_version)
     VALUES (?, ?, 'FINISHED', 9000, 1000, 9000, 'onnx', 'cpu', 'f', 1, 2, ?, '{}', 3)`,
  );
  const insertSeries = database.prepare("INSERT INTO series (run_id, name) VALUES (?, ?)");
  const insertScalar = database.prepare("INSERT INTO scalars VALUES (?, ?, ?, ?)");
  const insertImage = database.prepare("INSERT INTO image_values VALUES (?, 4, 0, 21)");
  for (const [id, model] of [
    ["aaaa1111", { kind: "beta" }],
    ["bbbb2222", { kind: "pix2pix", color: "rgb", gan_loss: "lsgan" }],
  ] as const) {
    insertRun.run(id, model.kind, JSON.stringify({ ...experiment, model }));
    database.prepare("INSERT INTO evaluation_sets VALUES (?, 'portraits', 'e')").run(id);
    for (const [at, text] of texts.entries()) {
      const series = insertSeries.run(id, text).lastInsertRowid;
      for (const [step, value] of [
        [0, 0.1],
        [2, 0.5 + at],
        [4, null],
      ])
        insertScalar.run(series, step, 10 * step!, value);
      if (text.endsWith("psnr")) insertImage.run(series);
    }
  }
  database.close();
  return folder;
}

function viewsOf(test: TestContext, folder: string) {
  const database = new Database(databasePath(folder), { readonly: true });
  test.after(() => database.close());
  return (sql: string) => database.prepare(sql).raw().all();
}

describe("a database without declarations", () => {
  it("keeps every value, and each series gets its declaration", (test) => {
    const folder = oldStore(test);
    const store = openStore(folder);
    test.after(() => store.close());
    for (const id of ["aaaa1111", "bbbb2222"]) {
      const series = store.allSeries(id);
      assert.deepEqual(
        series.map(({ name }) => name),
        texts,
      );
      for (const [at, { step, value, elapsedMs }] of series.entries()) {
        assert.deepEqual([...step], [0, 2, 4]);
        assert.deepEqual([...value], [0.1, 0.5 + at, Number.NaN]);
        assert.deepEqual([...elapsedMs], [0, 20, 40]);
      }
    }
    const say = (id: string, name: string) => {
      const { spec } = store.series(id, name)!;
      return [spec.set, spec.name, spec.family, spec.better, spec.compares, spec.chart];
    };
    assert.deepEqual(say("aaaa1111", "unseen/loss"), [
      "unseen",
      "loss",
      "loss",
      "lower",
      "squared error",
      "Loss",
    ]);
    assert.deepEqual(say("bbbb2222", "portraits/loss"), [
      "portraits",
      "loss",
      "loss",
      "lower",
      "pix2pix L1, rgb",
      null,
    ]);
    assert.deepEqual(say("aaaa1111", "unseen/color/chroma_ratio"), [
      "unseen",
      "color/chroma_ratio",
      "color",
      "one",
      "",
      null,
    ]);
    assert.equal(store.series("bbbb2222", "train/G_GAN")!.spec.compares, "pix2pix GAN, lsgan");
    assert.deepEqual(say("aaaa1111", "unseen/home_made"), [
      "unseen",
      "home_made",
      "metric",
      "none",
      "",
      null,
    ]);
    assert.equal(store.series("aaaa1111", "unseen/emergence/skin_brown")!.spec.title, "skin/brown");
    assert.equal(store.series("aaaa1111", "unseen/emergence/skin_brown/real")!.spec.family, "real");
    const { reference, range, per } = store.series("bbbb2222", "train/D_score")!.spec;
    assert.deepEqual([reference, range, per], [0.5, [0, 1], "step"]);
    const { unit, better, source } = store.series("aaaa1111", "portraits/psnr")!.spec;
    assert.deepEqual([unit, better, source], ["dB", "higher", "a paper"]);
    assert.deepEqual(store.summaries()[0]!.specs["unseen/psnr"]!.unit, "dB");
  });

  it("shows the same in its views, but for the best value of an untrained network", (test) => {
    const folder = oldStore(test);
    openStore(folder).close();
    const all = viewsOf(test, folder);
    assert.deepEqual(
      all(`SELECT series, "set", name, step, epoch, elapsed_s, value FROM scalar_values
           WHERE run = 'aaaa1111' AND series = 'unseen/psnr'`),
      [
        ["unseen/psnr", "unseen", "psnr", 0, 0, 0, 0.1],
        ["unseen/psnr", "unseen", "psnr", 2, 1, 0.02, 3.5],
        ["unseen/psnr", "unseen", "psnr", 4, 2, 0.04, null],
      ],
    );
    assert.deepEqual(
      all(
        `SELECT "set", metric, step, fingerprint, image_id, value FROM image_metrics WHERE run = 'bbbb2222' ORDER BY 1`,
      ),
      [
        ["portraits", "psnr", 4, "e", "p.png", 21],
        ["unseen", "psnr", 4, "f", "a.png", 21],
      ],
    );
    assert.deepEqual(
      all("SELECT id, last_epoch, unseen_loss, best_unseen_loss FROM run_summary ORDER BY id"),
      [
        ["aaaa1111", 2, null, 1.5],
        ["bbbb2222", 2, null, 1.5],
      ],
    );
    assert.deepEqual(
      all(
        "SELECT title, unit, better, family FROM series_meanings WHERE run = 'aaaa1111' AND series = 'unseen/psnr'",
      ),
      [["psnr", "dB", "higher", "metric"]],
    );
    assert.deepEqual(all("PRAGMA foreign_key_check"), []);
    assert.deepEqual(all("PRAGMA integrity_check"), [["ok"]]);
  });

  it("is written on, and its rows go with their run", (test) => {
    const folder = oldStore(test);
    const store = openStore(folder);
    const writer = store.resumeRun("aaaa1111");
    assert.throws(() => writer.logScalars(4, { "train/loss": 1 }), /expected a step after 4, got 4/);
    writer.logScalars(5, { "train/loss": 7 });
    writer.finish("FINISHED");
    assert.deepEqual([...store.series("aaaa1111", "train/loss")!.value].slice(-1), [7]);
    store.deleteRun("aaaa1111");
    store.close();
    const all = viewsOf(test, folder);
    assert.deepEqual(all("SELECT count(DISTINCT run_id), count(*) FROM series"), [[1, texts.length]]);
    assert.deepEqual(all("SELECT count(*) FROM scalars"), [[3 * texts.length]]);
    assert.deepEqual(all("SELECT count(*) FROM image_values"), [[2]]);
  });
});

describe("declarations", () => {
  it("that are the same share a row, and the newest of a series holds", (test) => {
    const store = temporaryStore(test);
    const writers = [store.createRun(newRun()), store.createRun(newRun())];
    const psnr = specOf("unseen/psnr");
    for (const writer of writers) writer.declare([psnr, { ...psnr, set: "faces" }]);
    const all = viewsOf(test, store.folder);
    assert.deepEqual(all("SELECT count(*) FROM series_kinds"), [[1]]);
    writers[1]!.declare([{ ...psnr, title: "PSNR", range: [0, 50], chart: "Metrics" }]);
    assert.deepEqual(
      writers.map(({ id }) => store.specs(id).map(({ set, title, range }) => [set, title, range])),
      [
        [
          ["unseen", "psnr", null],
          ["faces", "psnr", null],
        ],
        [
          ["unseen", "PSNR", [0, 50]],
          ["faces", "psnr", null],
        ],
      ],
    );
  });
});
