// A sweep over data sets that ends by measuring every network on the images of the others: trained here, so that no image
// which a network knows can slip in unseen.

import assert from "node:assert/strict";
import { test } from "node:test";
import { silent } from "../../src/output.ts";
import { readReportRuns } from "../../src/report/read-report-runs.ts";
import { transferMatrix } from "../../src/report/sections/matrix/model.ts";
import { othersOf } from "../../src/runner/evaluation/others.ts";
import { openStore, type Store } from "../../src/store/open-store.ts";
import { runAgent } from "../../src/sweep/scheduling/agent.ts";
import { evaluateOthers } from "../../src/sweep/scheduling/evaluate-others.ts";
import { sweepId } from "../../src/sweep/scheduling/identity.ts";
import { agentPlaceInStore } from "../../src/sweep/scheduling/trial-board.ts";
import { dataset, newRun, temporaryStore } from "../store/fixtures.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { problems, read } from "./fixtures.ts";

/** Of the same 24 drawings six are unseen, or twelve: those six and six that the first network is trained on. */
const text = `experiment: base.yaml
method: grid
parameters: {dataset.holdout: {values: [0.25, 0.5]}}
evaluate: {others: true}
`;

const base = `model: {kind: alpha}
dataset: {kind: synthetic, count: 24}
image: {size: 16}
metrics: [psnr, ciede2000]
samples: {every: 1, seen: 1, unseen: 2, each: 3}
train: {epochs: 1, batch_size: 4}
`;

const signal = new AbortController().signal;

const namesOf = (store: Store, fingerprint: string, side: "seen" | "unseen") =>
  store.datasetImages(fingerprint).flatMap(({ id, set }) => (set === side ? [id] : []));

test("every network is measured on the unseen images of all that none was trained on, once", async (context) => {
  const folder = temporaryFolder(context);
  const { sweep } = read(text, {}, { "/project/sweeps/base.yaml": base });
  const id = sweepId(sweep);
  const store = openStore(folder);
  context.after(() => store.close());
  store.saveSweep({ id, name: sweep.name, definition: JSON.stringify(sweep) });
  await runAgent(agentPlaceInStore(store, id), id, {
    retries: 0,
    failFast: true,
    threads: 2,
    output: silent,
  });
  const said: string[] = [];
  const output = { ...silent, info: (line: string) => void said.push(line) };
  assert.equal(await evaluateOthers(store, id, { output, signal }), true);

  const [few, many] = store.trials(id).map(({ runId }) => store.getRun(runId!));
  const [ofFew, ofMany] = [few!.datasetFingerprint, many!.datasetFingerprint];
  const [nameOfFew, nameOfMany] = [`synthetic-${ofFew.slice(0, 6)}`, `synthetic-${ofMany.slice(0, 6)}`];
  assert.equal(
    said[0],
    `${nameOfMany}: 6 of 12 unseen images are left out, as others of these runs were trained on them`,
  );
  const setsOf = (run: string) => store.evaluationSets(run).map(({ set, partOf }) => [set, partOf] as const);
  assert.deepEqual(setsOf(few!.id), [[nameOfMany, ofMany]], "its own unseen images are measured already");
  assert.deepEqual(
    setsOf(many!.id),
    [
      [nameOfFew, ofFew],
      [nameOfMany, ofMany],
    ].sort(),
  );
  const trained = new Set([...namesOf(store, ofFew, "seen"), ...namesOf(store, ofMany, "seen")]);
  for (const { id: run } of [few!, many!])
    for (const { fingerprint } of store.evaluationSets(run)) {
      const tested = namesOf(store, fingerprint, "unseen");
      assert.equal(tested.length, 6);
      assert.ok(tested.every((name) => !trained.has(name)));
    }
  const pictures = store.images(few!.id).filter(({ set }) => set === nameOfMany);
  assert.deepEqual(
    ["real", "grey", "colorized"].map((kind) => pictures.filter((each) => each.kind === kind).length),
    [3, 3, 3],
  );

  // The matrix has every cell, of the same images within a column.
  const { cells, best, metrics } = transferMatrix(readReportRuns(store, [few!.id, many!.id]));
  assert.equal(metrics[0]!.name, "ciede2000");
  assert.deepEqual(
    cells.map((row) => row.map((cell) => cell?.metrics.get("ciede2000")?.runs)),
    [
      [1, 1],
      [1, 1],
    ],
  );
  assert.ok(best[0]!.every((value) => value !== null));

  said.length = 0;
  assert.equal(await evaluateOthers(store, id, { output, signal }), true);
  assert.ok(!said.some((line) => line.startsWith("run ")), "nothing is measured twice");
  // Both were measured on it: with one run less it would be another part, which takes its place.
  assert.throws(() => othersOf(store, [few!]), {
    name: "UserError",
    message: /networks of two data sets or more/,
  });
});

test("unseen images that all have need no second look", (context) => {
  const store = temporaryStore(context);
  const image = (set: "seen" | "unseen", hash: string) => ({ id: `${hash}.png`, set, hash });
  const runs = [["a"], ["a", "b"]].map((seen, at) => {
    const images = [...seen.map((hash) => image("seen", hash)), image("unseen", "c")];
    const row = { ...dataset, fingerprint: `${at}`, seenCount: seen.length, unseenFingerprint: "c alone" };
    store.saveDataset(row, images, []);
    return store.getRun(store.createRun(newRun({ datasetFingerprint: row.fingerprint })).id);
  });
  const { jobs, notes } = othersOf(store, runs);
  assert.deepEqual(
    jobs.map(({ sets }) => sets),
    [[], []],
  );
  assert.deepEqual(notes, ["all of these runs have the same unseen images, on which they were measured"]);
});

test("it is asked for where trials have different images", () => {
  const grid = "method: grid\nparameters: {train.batch_size: {values: [4, 8]}}\nevaluate: {others: true}";
  assert.deepEqual(problems(grid), [
    "4: evaluate.others: expected a parameter dataset, or one of its keys, so that trials have different images; got none",
  ]);
});
