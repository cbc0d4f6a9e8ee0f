// Values of metrics, of sets and of each image: logged by a run, rewound, and stored later from a checkpoint.

import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import Database from "better-sqlite3";
import { databasePath } from "../../src/store/open-database.ts";
import type { Store } from "../../src/store/open-store.ts";
import type { ImageValues } from "../../src/store/read-image-values.ts";
import type { EvaluatedSet } from "../../src/store/rows.ts";
import {
  dataset,
  declare,
  experiment,
  handClock,
  log,
  newRun,
  saveDataset,
  specOf,
  temporaryStore,
} from "./fixtures.ts";

const faces = { fingerprint: "e".repeat(64), description: "faces", size: 32, seenCount: 1, unseenCount: 1 };

function storeWithFaces(test: TestContext, now = Date.now): Store {
  const store = temporaryStore(test, { now });
  saveDataset(store);
  saveFaces(store);
  return store;
}

function saveFaces(store: Store, unseenFingerprint?: string): void {
  store.saveDataset(
    { ...faces, ...(unseenFingerprint && { unseenFingerprint }) },
    [
      { id: "p.png", set: "seen" },
      { id: "q.png", set: "unseen" },
    ],
    [],
  );
}

/** `unseen/psnr`: the data set has b.png at place 1, the images of faces are at 0 and 1. */
const unseen = (value: number): EvaluatedSet => ({
  set: "unseen",
  ofSet: { psnr: value },
  ofImages: { psnr: Float64Array.of(value) },
  places: Uint32Array.of(1),
});
const ofFaces = (first: number, second: number): EvaluatedSet => ({
  set: "faces",
  ofSet: { psnr: (first + second) / 2, fid: 9 },
  ofImages: { psnr: Float64Array.of(first, second) },
  places: Uint32Array.of(1, 0),
});

function imageMetrics(test: TestContext, store: Store) {
  const database = new Database(databasePath(store.folder), { readonly: true });
  test.after(() => database.close());
  return database
    .prepare('SELECT "set", metric, step, epoch, image_id, value FROM image_metrics ORDER BY 1, 2, 3, 5')
    .raw();
}

describe("values of metrics", () => {
  it("are series of the set and rows of its images", (test) => {
    const store = storeWithFaces(test);
    const writer = store.createRun(newRun());
    declare(writer, "unseen/psnr", "faces/psnr", "faces/fid");
    writer.nameSets([{ set: "faces", fingerprint: faces.fingerprint }]);
    writer.logEvaluation(0, [unseen(Number.NaN), ofFaces(3, 5)]);
    writer.logEvaluation(2, [unseen(Number.POSITIVE_INFINITY)]);
    assert.deepEqual([...store.series(writer.id, "unseen/psnr")!.value], [Number.NaN, Infinity]);
    assert.deepEqual([...store.series(writer.id, "faces/fid")!.value], [9]);
    assert.deepEqual(imageMetrics(test, store).all(), [
      ["faces", "psnr", 0, 0, "p.png", 5],
      ["faces", "psnr", 0, 0, "q.png", 3],
      ["unseen", "psnr", 0, 0, "b.png", null],
      ["unseen", "psnr", 2, 1, "b.png", Infinity],
    ]);
    assert.deepEqual(store.specs(writer.id), ["unseen/psnr", "faces/psnr", "faces/fid"].map(specOf));
    assert.deepEqual(store.evaluationSets(writer.id), [
      { set: "faces", fingerprint: faces.fingerprint, partOf: null },
    ]);
  });

  it("of the images that are drawn come with their place among the samples", (test) => {
    const store = storeWithFaces(test);
    const writer = store.createRun(newRun());
    declare(writer, "unseen/psnr", "faces/psnr", "faces/fid");
    writer.nameSets([{ set: "faces", fingerprint: faces.fingerprint }]);
    const picture = { set: "unseen", index: 4, imageId: "b.png", mime: "image/webp" } as const;
    writer.logImages([{ ...picture, epoch: 0, kind: "real", bytes: Uint8Array.of(0) }]);
    writer.logEvaluation(0, [unseen(Number.NaN), ofFaces(3, 5)]);
    writer.logEvaluation(2, [unseen(20)]);
    writer.logEvaluation(4, [unseen(Number.POSITIVE_INFINITY)]);
    assert.deepEqual(store.sampleMetrics(writer.id), [
      { epoch: 1, set: "unseen", index: 4, metric: "psnr", value: 20 },
    ]);
  });

  it("are read as measured last, of every set but the seen images, never those of the untrained network", (test) => {
    const store = storeWithFaces(test);
    const writer = store.createRun(newRun());
    declare(writer, "unseen/psnr", "seen/psnr", "faces/psnr", "faces/fid");
    writer.nameSets([{ set: "faces", fingerprint: faces.fingerprint, bothSides: true }]);
    writer.logEvaluation(0, [unseen(1), ofFaces(1, 1)]);
    assert.deepEqual(store.imageValues(writer.id, ["psnr"]), []);
    writer.logEvaluation(2, [ofFaces(3, 5), { ...unseen(2), set: "seen", places: Uint32Array.of(0) }]);
    writer.logEvaluation(4, [ofFaces(Number.NaN, 6)]);
    const [read, ...others] = store.imageValues(writer.id, ["psnr", "fid"]);
    assert.deepEqual(others, []);
    const { stepsPerEpoch } = store.getRun(writer.id);
    assert.deepEqual(read, {
      spec: specOf("faces/psnr"),
      epoch: 4 / stepsPerEpoch,
      images: `all of ${faces.fingerprint}`,
      places: Uint32Array.of(0, 1),
      values: Float64Array.of(6, Number.NaN),
    });
    assert.deepEqual(store.imageValues(writer.id, ["ssim"]), []);
  });

  it("are of the same images wherever those are in one data set or the other", (test) => {
    const store = temporaryStore(test);
    const image = (set: "seen" | "unseen", hash: string) => ({ id: `${hash}.png`, set, hash });
    const [few, many] = [
      [image("seen", "x"), image("unseen", "b"), image("unseen", "a")],
      [image("seen", "x"), image("seen", "y"), image("unseen", "a"), image("unseen", "b")],
    ];
    const read = [few!, many!].map((images, at) => {
      const row = { ...faces, fingerprint: `${at}`, seenCount: images.length - 2, unseenCount: 2 };
      store.saveDataset({ ...row, unseenFingerprint: "a and b" }, images, []);
      const writer = store.createRun(newRun({ datasetFingerprint: row.fingerprint }));
      declare(writer, "unseen/psnr");
      const psnr = Float64Array.from(images.slice(-2), ({ hash }) => (hash === "a" ? 1 : 2));
      const places = Uint32Array.of(images.length - 2, images.length - 1);
      writer.logEvaluation(2, [{ set: "unseen", ofSet: { psnr: 1.5 }, ofImages: { psnr }, places }]);
      return store.imageValues(writer.id, ["psnr"]);
    });
    for (const [{ images, places, values }] of read as [ImageValues][]) {
      const ofPlace = Object.fromEntries(Array.from(places, (place, at) => [place, values[at]]));
      assert.deepEqual([images, ofPlace], ["a and b", { 0: 1, 1: 2 }]);
    }
  });

  it("say which images they are of", (test) => {
    const store = storeWithFaces(test);
    const samples = { ...experiment.samples, measured: 1 };
    const [all, first] = [experiment, { ...experiment, samples }].map((experiment) => {
      const writer = store.createRun(newRun({ experiment, datasetFingerprint: faces.fingerprint }));
      writer.nameSets([
        { set: "all", fingerprint: faces.fingerprint, bothSides: true },
        { set: "part", fingerprint: dataset.fingerprint, partOf: faces.fingerprint },
      ]);
      return writer.id;
    });
    const ofFaces = { dataset: faces.fingerprint, first: null, partOf: null };
    const sets = [
      { ...ofFaces, set: "seen", images: `seen of ${faces.fingerprint}` },
      { ...ofFaces, set: "unseen", images: faces.fingerprint },
      { ...ofFaces, set: "all", images: `all of ${faces.fingerprint}` },
      {
        set: "part",
        images: dataset.fingerprint,
        dataset: dataset.fingerprint,
        first: null,
        partOf: faces.fingerprint,
      },
    ];
    assert.deepEqual(store.measuredSets(all!), sets);
    assert.deepEqual(
      store.measuredSets(first!).map(({ first }) => first),
      [null, null, 1, null],
      "of sets that have more",
    );
    saveFaces(store, "unseen of faces");
    const renamed = store.measuredSets(all!);
    assert.deepEqual([renamed[1]!.images, renamed[3]!.partOf], ["unseen of faces", "unseen of faces"]);
    saveFaces(store);
    assert.equal(store.measuredSets(all!)[1]!.images, "unseen of faces", "nor does an older version take it");
  });

  it("of a part of unseen images make room for those of another part, with its pictures", (test) => {
    const store = storeWithFaces(test);
    const writer = store.createRun(newRun());
    const { id } = writer;
    writer.finish("FINISHED");
    const other = { ...faces, fingerprint: "d".repeat(64), seenCount: 0, unseenCount: 1 };
    store.saveDataset(other, [{ id: "q.png", set: "unseen" }], []);
    const series = ["faces/psnr", "faces/fid"].map(specOf);
    const picture = { epoch: 0, set: "faces", index: 0, imageId: "q.png", mime: "image/webp" } as const;
    const partOf = faces.fingerprint;
    const pictures = [{ ...picture, kind: "real" as const, bytes: Uint8Array.of(7) }];
    store.saveEvaluation(id, {
      step: 3,
      measured: ofFaces(1, 2),
      fingerprint: partOf,
      partOf,
      series,
      pictures,
    });
    assert.equal(store.images(id).length, 1);
    const measured = { ...ofFaces(5, 5), ofImages: { psnr: Float64Array.of(5) }, places: Uint32Array.of(0) };
    const evaluation = { step: 2, measured, fingerprint: other.fingerprint, series };
    assert.throws(() => store.saveEvaluation(id, evaluation), {
      name: "UserError",
      message: /on other images named faces/,
    });
    store.saveEvaluation(id, { ...evaluation, partOf });
    assert.deepEqual(store.evaluationSets(id), [{ set: "faces", fingerprint: other.fingerprint, partOf }]);
    assert.deepEqual([...store.series(id, "faces/psnr")!.step], [2]);
    assert.equal(store.imageValues(id, ["psnr"])[0]!.values.length, 1);
    const renamed = { ...measured, set: "faces-dddddd" };
    const again = ["faces-dddddd/psnr", "faces-dddddd/fid"].map(specOf);
    store.saveEvaluation(id, { ...evaluation, measured: renamed, series: again, partOf });
    assert.deepEqual(
      store.evaluationSets(id).map(({ set }) => set),
      ["faces-dddddd"],
    );
    assert.deepEqual(store.images(id), []);
    // A part that nobody is measured on any more leaves nothing.
    assert.ok(store.dataset(other.fingerprint));
    store.saveEvaluation(id, {
      ...{ step: 4, measured: ofFaces(1, 2), fingerprint: partOf, partOf },
      series: ["faces/psnr", "faces/fid"].map(specOf),
    });
    assert.deepEqual(
      [store.dataset(other.fingerprint), store.dataset(partOf)?.fingerprint],
      [undefined, partOf],
    );
  });

  it("go back with a run to its checkpoint", (test) => {
    const store = storeWithFaces(test);
    const writer = store.createRun(newRun());
    declare(writer, "unseen/psnr");
    for (const step of [0, 2, 4]) writer.logEvaluation(step, [unseen(step)]);
    writer.rewind(2, 1);
    const rows = imageMetrics(test, store);
    assert.deepEqual(
      rows.all().map((row) => (row as unknown[])[2]),
      [0, 2],
    );
    writer.logEvaluation(4, [unseen(7)]);
    assert.deepEqual(rows.all().at(-1), ["unseen", "psnr", 4, 2, "b.png", 7]);
  });

  it("are stored later beside those of the run, at its own time, and again in their place", (test) => {
    const clock = handClock();
    const store = storeWithFaces(test, clock.now);
    const writer = store.createRun(newRun());
    clock.at += 500;
    log(writer, 2, { "train/loss": 1 });
    clock.at += 500;
    log(writer, 4, { "train/loss": 1 });
    writer.finish("FINISHED");
    const series = [specOf("faces/psnr"), specOf("faces/fid")];
    const save = (measured: EvaluatedSet) =>
      store.saveEvaluation(writer.id, { step: 3, measured, fingerprint: faces.fingerprint, series });
    save(ofFaces(1, 2));
    save(ofFaces(3, 5));
    const { step, elapsedMs, value } = store.series(writer.id, "faces/psnr")!;
    assert.deepEqual([[...step], [...elapsedMs], [...value]], [[3], [500], [4]]);
    assert.deepEqual(imageMetrics(test, store).all(), [
      ["faces", "psnr", 3, 1.5, "p.png", 5],
      ["faces", "psnr", 3, 1.5, "q.png", 3],
    ]);
  });

  it("are refused for a run that is running, and under a name that means other images", (test) => {
    const store = storeWithFaces(test);
    const writer = store.createRun(newRun());
    const set = { set: "faces", fingerprint: faces.fingerprint };
    writer.nameSets([set]);
    const running = /^run \w+: is still running; evaluate it once it has ended$/;
    assert.throws(() => store.requireEvaluable(writer.id, []), { name: "UserError", message: running });
    const evaluation = { step: 0, measured: unseen(1), fingerprint: null, series: [] };
    assert.throws(() => store.saveEvaluation(writer.id, evaluation), { name: "UserError", message: running });
    writer.finish("FINISHED");
    store.requireEvaluable(writer.id, [set]);
    const other =
      /has been measured on other images named faces \(fingerprint e{12}, now f{12}\); choose another name$/;
    assert.throws(() => store.requireEvaluable(writer.id, [{ ...set, fingerprint: "f".repeat(64) }]), {
      name: "UserError",
      message: other,
    });
    assert.throws(
      () =>
        store.saveEvaluation(writer.id, {
          ...evaluation,
          measured: ofFaces(1, 2),
          fingerprint: "f".repeat(64),
        }),
      { name: "UserError", message: other },
    );
    assert.equal(store.series(writer.id, "faces/psnr"), undefined);
  });
});
