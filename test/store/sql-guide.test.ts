import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import Database from "better-sqlite3";
import { databasePath } from "../../src/store/open-database.ts";
import { declare, log, newRun, temporaryStore } from "./fixtures.ts";

const guide = readFileSync(new URL("../../docs/store.md", import.meta.url), "utf8");
const queries = [...guide.matchAll(/```sql\n(.*?)```/gs)].map(([, sql]) => sql!);

describe("the guide to the database", () => {
  it("shows queries that run and find something", (test) => {
    const store = temporaryStore(test);
    for (const [name, psnr] of [
      ["A", 21.5],
      ["B", 20],
    ] as const) {
      const run = store.createRun(newRun({ name }));
      declare(run, "unseen/psnr");
      for (const [step, value] of [
        [0, 99 - psnr],
        [2, psnr],
      ] as const) {
        const ofImages = { psnr: Float64Array.of(value) };
        run.logEvaluation(step, [
          { set: "unseen", ofSet: { psnr: value }, ofImages, places: Uint32Array.of(1) },
        ]);
      }
      log(run, 2, { "train/epoch_seconds": 9, "train/evaluation_seconds": 1 });
      run.finish("FINISHED");
    }
    store.saveSweep({ id: "s", name: "study", definition: "{}" });
    const trial = store.claimTrial("s", { retries: 0, next: () => ({ parameters: { size: 1 }, seed: 1 }) });
    assert.ok(typeof trial === "object");
    const { provenance } = newRun();
    const writer = store.createRun(newRun({ provenance: { ...provenance, gitDirty: true } }));
    const share = { "unseen/emergence/blue/real": 0.2, "unseen/emergence/palette_used": 0.5 };
    log(writer, 0, { ...share, "unseen/emergence/blue": 0.11 });
    log(writer, 2, { ...share, "unseen/emergence/blue": 0.09 });
    log(writer, 4, { ...share, "unseen/emergence/blue": 0.1 });
    log(writer, 2, { "train/loss": 0.5, "seen/loss": 0.625, "unseen/loss": 0.75 });
    log(writer, 4, { "train/loss": Number.NaN, "seen/loss": Number.NaN, "unseen/loss": 1.5 });
    writer.event("warning", "non-finite", "train/loss in step 4");
    const picture = { epoch: 0, set: "seen", index: 0, imageId: "a.png", mime: "image/png" } as const;
    writer.logImages([{ ...picture, kind: "real", bytes: Uint8Array.of(1) }]);
    writer.finish("FINISHED");
    store.setTrialRun(trial, writer.id);
    store.endTrial(trial, { state: "complete", error: null });
    const pair = { index: 1, network: 0, against: null, place: 1 } as const;
    store.saveStudy({
      id: "study1",
      question: "real",
      set: "unseen",
      fingerprint: newRun().datasetFingerprint,
      seed: 1,
      shownMs: 1000,
      networks: [{ runId: writer.id, step: 4 }],
      pairs: ["1", "2", "3", "4"].map((id) => ({ ...pair, id, network: id === "4" ? null : 0 })),
    });
    store.saveJudge("study1", {
      id: "judge1",
      name: "",
      judgements: ([1, 0, 1, 0] as const).map((picture, at) => ({ pair: String(at + 1), picture, ms: 900 })),
    });

    const database = new Database(databasePath(store.folder), { readonly: true });
    test.after(() => database.close());
    assert.ok(queries.length >= 8);
    for (const sql of queries) assert.ok(database.prepare(sql).all().length > 0, sql);
    const emergence = database.prepare(queries.find((sql) => sql.includes("family = 'emergence'"))!).all();
    const answer = (part: string) => database.prepare(queries.find((sql) => sql.includes(part))!).all();
    assert.deepEqual(answer("gain_db"), [{ image_id: "b.png", a: 21.5, b: 20, gain_db: 1.5 }]);
    assert.deepEqual(answer("name = 'psnr'"), [
      { run_name: "A", set: "unseen", psnr: 21.5, step: 2 },
      { run_name: "B", set: "unseen", psnr: 20, step: 2 },
    ]);
    assert.deepEqual(answer("AS evaluation"), [
      { run_name: "A", evaluation: 10 },
      { run_name: "B", evaluation: 10 },
    ]);
    assert.deepEqual(answer("AS fooled"), [
      { study: "study1", name: "tiny", step: 4, fooled: 33.3, answers: 3 },
    ]);
    assert.deepEqual(emergence, [{ run_name: "tiny", color: "blue", since: 2 }]);

    const { created, duration_s, ...summary } = database
      .prepare("SELECT * FROM run_summary WHERE name = 'tiny'")
      .get() as Record<string, unknown>;
    assert.deepEqual(summary, {
      id: writer.id,
      name: "tiny",
      status: "FINISHED",
      model: "beta",
      dataset: "synthetic: 3 images, 32x32",
      engine: "onnx",
      last_epoch: 2,
      seen_loss: null,
      unseen_loss: 1.5,
      best_unseen_loss: 0.75,
      note: "",
    });
    assert.match(String(created), /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    assert.equal(typeof duration_s, "number");
    const values =
      "SELECT series, step, epoch, value FROM scalar_values WHERE series = 'unseen/loss' ORDER BY step";
    assert.deepEqual(database.prepare(values).all(), [
      { series: "unseen/loss", step: 2, epoch: 1, value: 0.75 },
      { series: "unseen/loss", step: 4, epoch: 2, value: 1.5 },
    ]);
  });

  it("names every table and view of the schema", (test) => {
    const database = new Database(databasePath(temporaryStore(test).folder), { readonly: true });
    test.after(() => database.close());
    const names = database
      .prepare("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')")
      .pluck()
      .all();
    for (const name of names) assert.ok(guide.includes(`\`${name}\``), String(name));
  });
});
