// Studies and answers as rows: whole or not at all, once, and gone with the runs that they are about.

import assert from "node:assert/strict";
import { test } from "node:test";
import Database from "better-sqlite3";
import { migrate } from "../../src/store/migrate.ts";
import { databasePath } from "../../src/store/open-database.ts";
import { pairsMade } from "../../src/store/pairs-made.ts";
import { migrations } from "../../src/store/schema.ts";
import type { Judge, NewStudy } from "../../src/store/study-rows.ts";
import { watchRuns } from "../../src/store/watch-runs.ts";
import { dataset, declare, newRun, temporaryStore } from "./fixtures.ts";

function studyOf(first: string, second: string): NewStudy {
  const pair = { id: "1", index: 1, network: 0, against: 1, place: 1 } as const;
  return {
    id: "study1",
    question: "better",
    set: "unseen",
    fingerprint: dataset.fingerprint,
    seed: 3,
    shownMs: null,
    networks: [
      { runId: first, step: 2 },
      { runId: second, step: 4 },
    ],
    pairs: [pair, { ...pair, id: "2", network: null, against: null, place: 0 }],
  };
}

const judge: Judge = {
  id: "judge1",
  name: "Ada",
  judgements: [
    { pair: "1", picture: 0, ms: 900 },
    { pair: "2", picture: 1, ms: 1200 },
  ],
};

test("a study and its answers come back; the same answers again change nothing, others are refused", (t) => {
  const store = temporaryStore(t, { now: () => 77 });
  const [first, second] = ["one", "two"].map((name) => {
    const run = store.createRun(newRun({ name }));
    run.finish("FINISHED");
    return run.id;
  }) as [string, string];
  const study = studyOf(first, second);
  store.saveStudy(study);
  const networks = [
    { ...study.networks[0]!, number: 0, runName: "one", epoch: 1 },
    { ...study.networks[1]!, number: 1, runName: "two", epoch: 2 },
  ];
  assert.deepEqual(store.study("study1"), { ...study, networks, createdAt: 77, pairsMade: 2 });
  assert.deepEqual(store.studiesOf(second), ["study1"]);
  assert.deepEqual(store.judges("study1"), []);

  const watch = watchRuns(store.folder);
  t.after(() => watch.close());
  const unjudged = watch.mark([first]);
  assert.deepEqual(store.saveJudge("study1", judge), { isNew: true, leftOut: 0 });
  assert.notEqual(watch.mark([first]), unjudged, "a page of the run shows its judges");
  const reversed = { ...judge, judgements: [...judge.judgements].reverse() };
  assert.deepEqual(store.saveJudge("study1", reversed), { isNew: false, leftOut: 0 });
  const changed = {
    ...judge,
    judgements: [judge.judgements[0]!, { pair: "2", picture: 0, ms: 1200 } as const],
  };
  assert.throws(
    () => store.saveJudge("study1", changed),
    /^UserError: study study1: judge judge1 has answered otherwise before$/,
  );
  assert.throws(() => store.saveJudge("other", judge), /^UserError: study other: is not in this store$/);
  // A wrong answer leaves none of the others.
  const twice = { ...judge, id: "judge2", judgements: [judge.judgements[0]!, judge.judgements[0]!] };
  assert.throws(() => store.saveJudge("study1", twice), /UNIQUE/);
  assert.deepEqual(store.judges("study1"), [judge]);

  // A run that is purged takes the pairs about it along; the last one the study.
  store.deleteRun(first);
  assert.deepEqual(store.study("study1")!.networks, networks.slice(1));
  assert.deepEqual(store.study("study1")!.pairs, study.pairs.slice(1));
  assert.equal(store.study("study1")!.pairsMade, 2);
  assert.deepEqual(store.judges("study1")[0]!.judgements, judge.judgements.slice(1));
  // Answers that were checked before that, and stored after.
  assert.deepEqual(store.saveJudge("study1", { ...judge, id: "late" }), { isNew: true, leftOut: 1 });
  assert.deepEqual(store.saveJudge("study1", { ...judge, id: "late" }), { isNew: false, leftOut: 1 });
  store.deleteRun(second);
  assert.equal(store.study("study1"), undefined);
  const database = new Database(databasePath(store.folder), { readonly: true });
  t.after(() => database.close());
  for (const table of ["study_networks", "study_pairs", "judges", "judgements"])
    assert.equal(database.prepare(`SELECT count(*) FROM ${table}`).pluck().get(), 0, table);
});

test("a study of an older store had at least the pairs that its ids tell", (t) => {
  const database = new Database(":memory:");
  t.after(() => database.close());
  migrate(database, migrations.slice(0, migrations.indexOf(pairsMade)));
  database.pragma("foreign_keys = OFF");
  const study = database.prepare(
    `INSERT INTO studies (id, question, "set", fingerprint, seed, created_at) VALUES (?, 'real', 'unseen', 'f', 1, 1)`,
  );
  const pair = database.prepare("INSERT INTO study_pairs VALUES (?, ?, 1, NULL, NULL, 0)");
  const cases: [string[], number][] = [
    [["1", "2"], 2],
    [["03", "12"], 12],
    [["02", "07"], 10],
    [[], 0],
  ];
  for (const [at, [ids]] of cases.entries()) {
    study.run(String(at));
    for (const id of ids) pair.run(String(at), id);
  }
  migrate(database, migrations);
  assert.deepEqual(
    database.prepare("SELECT pairs_made FROM studies ORDER BY id").pluck().all(),
    cases.map(([, made]) => made),
  );
});

test("metrics of a network's images: at its step, on the study's images, of those that have a direction", (t) => {
  const store = temporaryStore(t);
  const run = store.createRun(newRun());
  declare(run, "unseen/psnr");
  for (const [step, value] of [
    [2, 20],
    [4, Number.NaN],
  ] as const) {
    const ofImages = { psnr: Float64Array.of(value, value + 1) };
    run.logEvaluation(step, [
      { set: "unseen", ofSet: { psnr: value }, ofImages, places: Uint32Array.of(2, 1) },
    ]);
  }
  run.finish("FINISHED");
  const psnr = { metric: "psnr", title: "psnr", better: "higher", compares: "" };
  const sorted = (step: number, fingerprint = dataset.fingerprint) =>
    store.studyMetrics({ runId: run.id, step }, fingerprint).sort((a, b) => a.index - b.index);
  assert.deepEqual(sorted(2), [
    { ...psnr, index: 1, value: 21 },
    { ...psnr, index: 2, value: 20 },
  ]);
  assert.deepEqual(sorted(4), []);
  assert.deepEqual(sorted(2, "e".repeat(64)), []);
});
