// What older stores did not say of the images that runs are measured on.

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import Database from "better-sqlite3";
import { imagesMeasured } from "../../src/store/images-measured.ts";
import { mergeStore } from "../../src/store/merge/merger.ts";
import { migrate } from "../../src/store/migrate.ts";
import { databasePath } from "../../src/store/open-database.ts";
import { openStore } from "../../src/store/open-store.ts";
import { migrations } from "../../src/store/schema.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { dataset, experiment, newRun, temporaryStore } from "./fixtures.ts";

/** With a run on `f`, which was measured on both sides of `e` and on the unseen one of `d`. */
function olderStore(t: TestContext): string {
  const folder = join(temporaryFolder(t), "runs");
  mkdirSync(folder);
  const database = new Database(databasePath(folder));
  migrate(database, migrations.slice(0, migrations.indexOf(imagesMeasured)));
  database.exec(
    `INSERT INTO datasets VALUES ('f', 'own', 32, 2, 1), ('e', 'both', 32, 1, 1), ('d', 'unseen', 32, 1, 1)`,
  );
  database
    .prepare(
      `INSERT INTO runs (id, name, status, heartbeat_at, created_at, finished_at, engine, device, dataset_fingerprint,
         parameters, steps_per_epoch, experiment, provenance, experiment_version)
       VALUES ('aaaa1111', 'a run', 'FINISHED', 9000, 1000, 9000, 'onnx', 'cpu', 'f', 1, 2, ?, '{}', 3)`,
    )
    .run(JSON.stringify(experiment));
  database.exec(`
INSERT INTO evaluation_sets VALUES ('aaaa1111', 'both', 'e', NULL), ('aaaa1111', 'unseen of d', 'd', NULL);
INSERT INTO series_kinds (id, name, title, unit, better, family, per, compares, description, source)
VALUES (1, 'psnr', 'PSNR', 'dB', 'higher', 'metric', 'epoch', '', 'how near', '');
INSERT INTO series (id, run_id, "set", name, kind_id)
VALUES (1, 'aaaa1111', 'both', 'psnr', 1), (2, 'aaaa1111', 'unseen of d', 'psnr', 1);
INSERT INTO image_values VALUES (1, 2, 0, 20), (1, 2, 1, 21), (2, 2, 1, 22);`);
  database.close();
  return folder;
}

test("sets of which seen images were measured are told from those of unseen ones", (t) => {
  const store = openStore(olderStore(t));
  t.after(() => store.close());
  assert.deepEqual(
    store.measuredSets("aaaa1111").map(({ set, images }) => [set, images]),
    [
      ["seen", "seen of f"],
      ["unseen", "f"],
      ["both", "all of e"],
      ["unseen of d", "d"],
    ],
  );
});

test("a merge brings the names of unseen images along", (t) => {
  const [into, from] = [temporaryStore(t), temporaryStore(t)];
  const { id } = into.createRun(newRun());
  assert.equal(into.measuredSets(id)[1]!.images, dataset.fingerprint);
  const images = ["a", "b", "c"].map(
    (name) => ({ id: `${name}.png`, set: name === "b" ? "unseen" : "seen" }) as const,
  );
  from.saveDataset({ ...dataset, unseenFingerprint: "b alone" }, images, []);
  from.createRun(newRun()).finish("FINISHED");
  from.close();
  mergeStore(into.folder, databasePath(from.folder));
  assert.equal(into.measuredSets(id)[1]!.images, "b alone");
});
