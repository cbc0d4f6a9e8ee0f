import assert from "node:assert/strict";
import { test } from "node:test";
import { independentSettings } from "../../src/experiment/flat-settings.ts";
import { experimentToYaml } from "../../src/experiment/text/experiment-to-yaml.ts";
import { bestLoss, betterAmong, finalLoss } from "../../src/report/measures.ts";
import { readReportRuns } from "../../src/report/read-report-runs.ts";
import { runGroups, runNames } from "../../src/report/run-names.ts";
import { summarySentence } from "../../src/report/run-words.ts";
import { reproduction } from "../../src/report/sections/again/model.ts";
import { runPanels } from "../../src/report/sections/curves/model.ts";
import { oneRunPanels } from "../../src/report/sections/curves/one-run.ts";
import { emergenceComparison, emergenceTable } from "../../src/report/sections/emergence/model.ts";
import { sampleGrids, thinnedSamples } from "../../src/report/sections/samples/model.ts";
import { runTable, warnings } from "../../src/report/sections/table/model.ts";
import { divergence } from "../../src/runs/divergence.ts";
import { specOf } from "../store/fixtures.ts";
import { sampleStore } from "./sample-store.ts";

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

test("runs that were given the same images share one grid, at the same epochs", async (t) => {
  const store = await sampleStore(
    t,
    { id: "aaaa", name: "one" },
    { id: "bbbb", name: "two", tint: 7, every: 4 },
    { id: "cccc", name: "other", imageId: (index) => `elsewhere ${index}` },
  );
  const runs = readReportRuns(store, ["aaaa", "bbbb", "cccc"]);
  const { epochs, grids } = sampleGrids(runs, runNames(runs));
  assert.deepEqual(epochs, [0, 2, 4]);
  assert.deepEqual(
    grids.map(({ rows }) => rows.map(({ name }) => name)),
    [["one", "two"], ["other"]],
  );
  const [grid] = grids;
  assert.deepEqual(
    grid!.columns.map(({ set }) => set),
    ["seen", "seen", "unseen", "unseen"],
  );
  assert.ok(grid!.columns.every(({ real, grey }) => real !== null && grey !== null && real !== grey));
  // The second run has no samples of epoch 2.
  assert.deepEqual(grid!.rows[1]!.cells[1], [null, null, null, null]);
  assert.ok(grid!.rows[0]!.cells.flat().every((hash) => hash !== null));
});

test("thinning keeps the first and the last epoch and the first images of both sides", async (t) => {
  const store = await sampleStore(t, { id: "aaaa", images: 3, epochs: 5, every: 1 });
  const all = sampleGrids(readReportRuns(store, ["aaaa"]), ["a"]);
  const thinned = thinnedSamples(all, { everyEpoch: 2, mostImages: 1 });
  assert.deepEqual(thinned.epochs, [0, 2, 4, 5]);
  assert.deepEqual(
    thinned.grids[0]!.columns.map(({ set }) => set),
    ["seen", "unseen"],
  );
  // The first image of each side at the kept epochs.
  const { cells } = all.grids[0]!.rows[0]!;
  assert.deepEqual(
    thinned.grids[0]!.rows[0]!.cells,
    [0, 2, 4, 5].map((at) => [cells[at]![0], cells[at]![3]]),
  );
  assert.deepEqual(thinnedSamples(all, { everyEpoch: 1_000_000, mostImages: 9 }).epochs, [0, 5]);
});

test("the table shows only the settings that differ and marks the best values", async (t) => {
  const store = await sampleStore(
    t,
    { id: "aaaa", name: "one" },
    { id: "bbbb", name: "two", learningRate: 0.01, loss: (step) => 0.04 / (1 + step) },
    { id: "cccc", name: "two", status: "FAILED", error: "boom", loss: () => Number.NaN },
  );
  const runs = readReportRuns(store, ["aaaa", "bbbb", "cccc", "bbbb"]);
  const names = runNames(runs);
  assert.deepEqual(names, ["one", "two (bbbb)", "two (cccc)"]);
  const { columns, rows } = runTable(runs, names);
  assert.deepEqual(
    columns.filter(({ kind }) => kind === "setting").map(({ name }) => name),
    ["train.optimizer.learning_rate"],
  );
  const column = (name: string) =>
    rows.map(({ cells }) => cells[columns.findIndex((each) => each.name === name)]!);
  assert.deepEqual(
    column("final unseen loss").map(({ best }) => best),
    [false, true, false],
  );
  assert.equal(column("final unseen loss")[2]!.text, "not a number");
  assert.equal(column("best unseen loss")[2]!.text, "–");
  const [panel] = runPanels({ runs, names, groups: runGroups(runs, names, () => 0) });
  assert.equal(panel!.title, "unseen loss");
  assert.ok(panel!.notes.some((note) => note.includes("not finite, the first at step 0")));
  assert.deepEqual(warnings(runs), []);
});

test("runs of different images have no best value but of what is of no images", async (t) => {
  const skipped = [{ path: "x", reason: "y" }];
  const store = await sampleStore(
    t,
    { id: "aaaa" },
    { id: "bbbb", skipped, stepsPerEpoch: 5, loss: () => 0.5 },
  );
  const runs = readReportRuns(store, ["aaaa", "bbbb"]);
  const { columns, rows } = runTable(runs, ["a", "b"]);
  const starred = columns.filter((_, at) => rows.some(({ cells }) => cells[at]!.best));
  assert.deepEqual(
    starred.map(({ name }) => name),
    ["time per epoch"],
  );
  assert.match(warnings(runs).join(), /values are not of the same images, and no best one is marked/);
});

test("a run that diverged is never the best", async (t) => {
  const error = divergence("train/loss", Number.NaN, 3, 1);
  const runs = (status: "FINISHED" | "FAILED") =>
    sampleStore(
      t,
      { id: "aaaa" },
      { id: "bbbb", loss: () => 0.5 },
      { id: "cccc", loss: () => 1e-9, status, ...(status === "FAILED" && { error }) },
    ).then((store) => readReportRuns(store, ["aaaa", "bbbb", "cccc"]));
  const best = async (status: "FINISHED" | "FAILED") => {
    const { columns, rows } = runTable(await runs(status), ["a", "b", "c"]);
    const at = columns.findIndex(({ name }) => name === "final unseen loss");
    return rows.filter(({ cells }) => cells[at]!.best).map(({ name }) => name);
  };
  assert.deepEqual([await best("FINISHED"), await best("FAILED")], [["c"], ["a"]]);
  assert.match(warnings(await runs("FAILED")).join(), /A run that diverged is never marked as the best/);
});

test("nor have runs whose metrics are of other numbers of images, but their losses, which are of all", async (t) => {
  const read = readReportRuns(await sampleStore(t, { id: "aaaa" }, { id: "bbbb", loss: () => 0.5 }), [
    "aaaa",
    "bbbb",
  ]);
  const at = Float64Array.of(40);
  const psnr = { name: "unseen/psnr", spec: specOf("unseen/psnr"), step: at, elapsedMs: at, value: at };
  const runs = read.map((data, run) => ({
    ...data,
    series: [...data.series, psnr],
    measuredSets: data.measuredSets.map((each) => ({ ...each, first: run === 0 ? null : 7 })),
  }));
  assert.deepEqual(
    [betterAmong(finalLoss, runs), betterAmong({ ...finalLoss, spec: () => specOf("unseen/psnr") }, runs)],
    ["lower", "none"],
  );
  assert.match(
    warnings(runs).join(),
    /^Metrics were measured on different numbers of unseen images \(\d+, 7\): no best one is marked\.$/,
  );
});

test("the untrained network is no result, however low its loss", async (t) => {
  const store = await sampleStore(
    t,
    { id: "aaaa", loss: (step) => 0.01 * (1 + step) },
    { id: "bbbb", loss: () => 0.2, epochs: 0 },
  );
  const [worse, untrained] = readReportRuns(store, ["aaaa", "bbbb"]);
  assert.deepEqual([bestLoss.value(worse!), bestLoss.value(untrained!)], [0.11, null]);
  assert.match(summarySentence(worse!), /rose from 0\.01 to 0\.41, the best being 0\.11 at epoch 1\.$/);
  assert.match(summarySentence(untrained!), /the loss on unseen images is 0\.2 before training\.$/);
});

test("runs that differ in their seed only are one group; of many groups the best have a color", async (t) => {
  const many = Array.from({ length: 30 }, (_, index) => ({
    id: `r${String(index).padStart(3, "0")}`,
    name: `run ${index}`,
    learningRate: 1 / (index + 2),
    images: 0,
    epochs: 1,
    stepsPerEpoch: 1,
  }));
  const seeds = [1, 2, 3].map((seed) => ({ id: `seed${seed}`, name: "same", seed, images: 0 }));
  const store = await sampleStore(t, ...seeds, ...many);
  const three = readReportRuns(store, ["seed1", "seed2", "seed3"]);
  assert.deepEqual(runNames(three), ["same, seed 1", "same, seed 2", "same, seed 3"]);
  assert.deepEqual(
    runGroups(three, runNames(three), () => 0),
    [{ label: "same", runs: [0, 1, 2], color: 0 }],
  );
  const runs = readReportRuns(
    store,
    many.map(({ id }) => id),
  );
  const groups = runGroups(runs, runNames(runs), ({ run }) => run.experiment.train.optimizer.learning_rate);
  assert.deepEqual(
    groups.slice(-6).map(({ color }) => color),
    [5, 4, 3, 2, 1, 0],
  );
  assert.ok(groups.slice(0, -6).every(({ color }) => color === null));
});

test("settings that only some experiments have, always with one value, are left out", async (t) => {
  const store = await sampleStore(t, { id: "aaaa" }, { id: "bbbb", learningRate: 0.1, model: "alpha" });
  const [one, two] = readReportRuns(store, ["aaaa", "bbbb"]).map(({ run }) => run.experiment);
  const optimizer = { ...two!.train.optimizer, momentum: 0.9 };
  const other = { ...two!, train: { ...two!.train, optimizer } };
  assert.deepEqual(independentSettings([one!, other]), ["model.kind", "train.optimizer.learning_rate"]);
});

test("the command comes back as it was given, the configuration in snake_case", async (t) => {
  const store = await sampleStore(t, { id: "aaaa" });
  const [data] = readReportRuns(store, ["aaaa"]);
  assert.equal(
    reproduction(data!).command.at(-1),
    "npx hueristic run experiments/sample.yaml train.epochs=4",
  );
  assert.match(experimentToYaml(data!.run.experiment), /learning_rate: 0.001/);
});

test("colors: the epoch at which each was learned, by run and side by side", async (t) => {
  const store = await sampleStore(
    t,
    { id: "aaaa", name: "quick", blue: (epoch) => (epoch >= 2 ? 0.11 : 0.01) },
    { id: "bbbb", name: "slow", blue: () => 0.09 },
    { id: "cccc", name: "without" },
  );
  const data = readReportRuns(store, ["aaaa", "bbbb", "cccc"]);
  const [quick, slow, without] = data.map(emergenceTable);
  assert.deepEqual(quick!.columns, ["color", "real images", "output of epoch 4", "learned"]);
  assert.deepEqual(quick!.rows, [
    ["blue", "20.0 %", "11.0 %", "epoch 2"],
    ["purple", "0.1 %", "0.0 %", "too rare to say"],
  ]);
  assert.deepEqual(slow!.rows[0], ["blue", "20.0 %", "9.0 %", "not yet"]);
  assert.equal(without, null);
  const drawn = oneRunPanels(data[0]!, "curves");
  assert.ok(drawn.length > 0 && !drawn.some(({ title }) => title.includes("blue")));
  const { columns, rows } = emergenceComparison(data, runNames(data))!;
  const blue = columns.indexOf("blue");
  assert.deepEqual(
    rows.map((row) => [row[0], row[blue], row[blue + 1], row[1]]),
    [
      ["quick", "epoch 2", "too rare to say", "–"],
      ["slow", "not yet", "too rare to say", "–"],
    ],
  );
  assert.equal(emergenceComparison(data.slice(2), ["without"]), null);
});

test("an unknown run and no run at all are errors of the user", async (t) => {
  const store = await sampleStore(t, { id: "aaaa" });
  assert.throws(() => readReportRuns(store, ["zzzz"]), { name: "UserError" });
  assert.throws(() => readReportRuns(store, []), { name: "UserError", message: /at least one run/ });
});
