import assert from "node:assert/strict";
import { test } from "node:test";
import { comparisonModel } from "../../src/report/comparison-model.ts";
import { readReportRuns } from "../../src/report/read-report-runs.ts";
import { reportModel } from "../../src/report/report-model.ts";
import { runModel, summarySentence } from "../../src/report/run-model.ts";
import { sampleStore, sampleTime } from "./sample-store.ts";

test("the summary is one sentence with model, data, epochs, engine, time and losses", async (t) => {
  const store = await sampleStore(t, { id: "aaaa" });
  const [data] = readReportRuns(store, ["aaaa"]);
  assert.equal(
    summarySentence(data!),
    "Beta (12,345 parameters) trained on 1 images of a folder for 4 epochs with ONNX Runtime on cpu (4 threads), in 4.0 s; the loss on unseen images fell from 0.05 to 0.01667, its best value, at epoch 4.",
  );
});

test("the best value and its epoch are told apart from the last one", async (t) => {
  const store = await sampleStore(t, { id: "aaaa", loss: (step) => (step === 20 ? 0.01 : 0.03) });
  assert.match(
    summarySentence(readReportRuns(store, ["aaaa"])[0]!),
    /went from 0.03 to 0.03, the best being 0.01 at epoch 2\.$/,
  );
});

test("the grid has real, grey and an epoch per row, and shared pictures have one number", async (t) => {
  const store = await sampleStore(t, { id: "aaaa" }, { id: "bbbb", tint: 7 });
  const model = reportModel(readReportRuns(store, ["aaaa", "bbbb"]), sampleTime);
  const [seen, unseen] = model.runs[0]!.grid;
  assert.deepEqual(
    seen!.rows.map(({ label }) => label),
    ["Real colours", "Black and white", "Epoch 0", "Epoch 2", "Epoch 4"],
  );
  assert.deepEqual([seen!.set, unseen!.set], ["seen", "unseen"]);
  assert.deepEqual(model.runs[0]!.grid[0]!.rows[0], model.runs[1]!.grid[0]!.rows[0]);
  assert.equal(new Set(model.hashes).size, model.hashes.length);
});

test("a comparison shows only the settings that differ and marks the best values", async (t) => {
  const store = await sampleStore(
    t,
    { id: "aaaa", name: "one" },
    { id: "bbbb", name: "two", learningRate: 0.01, loss: (step) => 0.04 / (1 + step) },
    { id: "cccc", name: "two", status: "FAILED", error: "boom", loss: () => Number.NaN },
  );
  const { settings, rows, chart, warnings } = comparisonModel(
    readReportRuns(store, ["aaaa", "bbbb", "cccc", "bbbb"]),
  );
  assert.deepEqual(settings, ["train.optimizer.learning_rate"]);
  assert.deepEqual(
    rows.map(({ name }) => name),
    ["one", "two (bbbb)", "two (cccc)"],
  );
  assert.deepEqual(
    rows.map(({ settings: [rate] }) => rate),
    ["0.001", "0.01", "0.001"],
  );
  assert.deepEqual(
    rows.map(({ results }) => results[1]!.best),
    [false, true, false],
  );
  assert.deepEqual(
    rows[2]!.results.slice(1, 3).map(({ text }) => text),
    ["not a number", "–"],
  );
  assert.ok(chart!.notes.some((note) => note.includes("not finite")));
  assert.deepEqual(warnings, []);
});

test("the command comes back as it was given, the configuration in snake_case", async (t) => {
  const store = await sampleStore(t, { id: "aaaa" });
  const { command, yaml } = runModel(readReportRuns(store, ["aaaa"])[0]!, 0);
  assert.equal(command.at(-1), "npx hueristic run experiments/sample.yaml train.epochs=4");
  assert.match(yaml, /learning_rate: 0.001/);
});

test("colours: the epoch at which each was learned, by run and side by side", async (t) => {
  const store = await sampleStore(
    t,
    { id: "aaaa", name: "quick", blue: (epoch) => (epoch >= 2 ? 0.11 : 0.01) },
    { id: "bbbb", name: "slow", blue: () => 0.09 },
    { id: "cccc", name: "without" },
  );
  const data = readReportRuns(store, ["aaaa", "bbbb", "cccc"]);
  const [quick, slow, without] = data.map((run, position) => runModel(run, position));
  assert.deepEqual(quick!.emergence!.columns, ["colour", "real images", "output of epoch 4", "learned"]);
  assert.deepEqual(quick!.emergence!.rows, [
    ["blue", "20.0 %", "11.0 %", "epoch 2"],
    ["purple", "0.1 %", "0.0 %", "too rare to say"],
  ]);
  assert.deepEqual(slow!.emergence!.rows[0], ["blue", "20.0 %", "9.0 %", "not yet"]);
  assert.equal(without!.emergence, null);
  assert.ok(!quick!.others.some(({ yLabel }) => yLabel.includes("emergence")));
  const { columns, rows } = comparisonModel(data).emergence!;
  const blue = columns.indexOf("blue");
  assert.deepEqual(
    rows.map((row) => [row[0], row[blue], row[blue + 1], row[1]]),
    [
      ["quick", "epoch 2", "too rare to say", "–"],
      ["slow", "not yet", "too rare to say", "–"],
    ],
  );
  assert.equal(comparisonModel(readReportRuns(store, ["cccc"])).emergence, null);
});

test("an unknown run and no run at all are errors of the user", async (t) => {
  const store = await sampleStore(t, { id: "aaaa" });
  assert.throws(() => readReportRuns(store, ["zzzz"]), { name: "UserError" });
  assert.throws(() => readReportRuns(store, []), { name: "UserError", message: /at least one run/ });
});
