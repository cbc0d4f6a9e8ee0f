import assert from "node:assert/strict";
import { test } from "node:test";
import { selectSummaries } from "../../src/query/select-summaries.ts";
import type { Store } from "../../src/store/open-store.ts";
import { dataset, log, newRun, temporaryStore } from "../store/fixtures.ts";

const other = { ...dataset, fingerprint: "e".repeat(64), seenCount: 0, unseenCount: 1 };

function addRun(store: Store, name: string, psnr: number, fingerprint = dataset.fingerprint): void {
  const writer = store.createRun(newRun({ name, datasetFingerprint: fingerprint }));
  log(writer, 0, { "unseen/psnr": 40, "unseen/color/chroma_ratio": 1, "unseen/loss": 0.01 });
  log(writer, 2, { "unseen/psnr": psnr, "unseen/color/chroma_ratio": 1.5, "unseen/loss": 0.3 });
  log(writer, 4, { "unseen/psnr": psnr - 1, "unseen/color/chroma_ratio": 0.75, "unseen/loss": Number.NaN });
  writer.finish("FINISHED");
}

const query = { where: null, sort: null, columns: null, limit: 50, deleted: false };

test("best, min and max are of epochs after training began, as the series says", (t) => {
  const store = temporaryStore(t);
  addRun(store, "a", 21);
  const [series, loss] = ["metrics.unseen.color.chroma_ratio", "metrics.unseen.loss"];
  const columns = [
    "metrics.unseen.psnr.best",
    `${series}.best`,
    `${series}.max`,
    `${loss}.best`,
    loss,
  ].join();
  assert.deepEqual(selectSummaries(store, { ...query, columns }).cells, [[21, 0.75, 1.5, 0.3, null]]);
});

test("an order by values of different images says that it is no ranking", (t) => {
  const store = temporaryStore(t);
  store.saveDataset(other, [{ id: "x", set: "unseen" }], []);
  addRun(store, "a", 21);
  addRun(store, "b", 22);
  const sort = "metrics.unseen.psnr.best:desc,name";
  const sorted = () => selectSummaries(store, { ...query, sort });
  assert.deepEqual(
    sorted().selected.map(({ name }) => name),
    ["b", "a"],
  );
  assert.deepEqual(sorted().notes, []);
  addRun(store, "c", 23, other.fingerprint);
  assert.deepEqual(sorted().notes, [
    "--sort metrics.unseen.psnr.best: values of different images are no ranking",
  ]);
  const ofOne = { ...query, sort, where: "name in (a, b)" };
  assert.deepEqual(selectSummaries(store, ofOne).notes, []);
});
