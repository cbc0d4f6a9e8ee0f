// The page of a sweep that stands in the store: its trials with their ends, their seeds, what the metrics mean; and how
// it is named on the command line.

import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type TestContext, test } from "node:test";
import sharp from "sharp";
import { reportTarget } from "../../src/cli/target/report-target.ts";
import { html } from "../../src/report/html.ts";
import { measuresOf } from "../../src/report/measures.ts";
import { drawFigure } from "../../src/report/png/draw-figure.ts";
import { type ReportRun, readReportRuns } from "../../src/report/read-report-runs.ts";
import { statusOf, trialWords } from "../../src/report/run-words.ts";
import { reproduction } from "../../src/report/sections/again/model.ts";
import { runTable } from "../../src/report/sections/table/model.ts";
import { runsOfSweep, sweepInput } from "../../src/report/sweep/stored-sweep.ts";
import { configurationsOf } from "../../src/report/sweep/trials.ts";
import { valueGroups } from "../../src/report/sweep/value-groups.ts";
import { writeReport } from "../../src/report/write-report.ts";
import { seriesKind } from "../../src/runs/series.ts";
import type { TrialRow } from "../../src/store/sweeps.ts";
import type { TrialEnding } from "../../src/store/trial-leases.ts";
import { loadSweep } from "../../src/sweep/file/load-sweep.ts";
import { sweepId } from "../../src/sweep/scheduling/identity.ts";
import { specOf } from "../store/fixtures.ts";
import { base, sweepOf } from "../sweep/fixtures.ts";
import { type SampleRun, sampleStore, sampleTime, temporaryFolder } from "./sample-store.ts";

const text = `description: which one is it
metric: {name: unseen/loss, goal: minimize}
prune: {type: median}
method: grid
seeds: [1, 2]
parameters:
  train.optimizer.name: {values: [adam, sgd]}
  train.batch_size: {values: [8, 16]}
`;

type Given = { readonly run?: SampleRun; readonly ending: TrialEnding | null };

const id = "5eed5eed5eed";
const evil = `</script><script>alert("x")</script>\u0001`;
const ended = (state: TrialEnding["state"], error: string | null = null): TrialEnding => ({ state, error });
const run = (name: string, level: number, changes: Partial<SampleRun> = {}): SampleRun => ({
  id: name,
  name: `study-${name}`,
  loss: (step) => level + 1 / (1 + step),
  ...changes,
});

/** One for each end; two seeds of adam 8, adam 16, sgd 8, sgd 16. */
const all: readonly Given[] = [
  { run: run("aaa0", 1), ending: ended("complete") },
  { run: run("aaa1", 3), ending: ended("complete") },
  { run: run("aaa2", 5), ending: ended("complete") },
  { run: run("aaa3", 7, { epochs: 2, status: "KILLED" }), ending: ended("pruned") },
  { run: run("aaa4", 9, { status: "FAILED" }), ending: ended("diverged", "train/loss became NaN at step 2") },
  { ending: ended("failed", evil) },
  { run: run("aaa6", 4), ending: null },
  { run: run("aaa7", 4, { epochs: 1, status: "KILLED" }), ending: ended("waiting") },
];

async function studied(t: TestContext, trials: readonly Given[] = all) {
  const store = await sampleStore(t, ...trials.flatMap(({ run }) => run ?? []));
  store.saveSweep({ id, name: "study", definition: JSON.stringify(sweepOf(text)) });
  for (const [number, { run, ending }] of trials.entries()) {
    const parameters = {
      "train.optimizer.name": number < 4 ? "adam" : "sgd",
      "train.batch_size": number % 4 < 2 ? 8 : 16,
    };
    const next = () => ({ parameters, seed: (number % 2) + 1 });
    const trial = store.claimTrial(id, { retries: 0, next }) as TrialRow;
    if (run !== undefined) store.setTrialRun(trial, run.id);
    if (ending !== null) store.endTrial(trial, ending);
  }
  const sweep = { sweep: store.getSweep(id), trials: store.trials(id) };
  return { store, sweep };
}

test("a stored sweep: its trials with what they came to, and why the others did not", async (t) => {
  const { store, sweep } = await studied(t);
  const input = sweepInput(sweep, readReportRuns(store, runsOfSweep(sweep)));
  assert.equal(input.method, "Grid search, pruned by median, 2 seeds each");
  assert.deepEqual(input.parameters, ["train.optimizer.name", "train.batch_size"]);
  assert.deepEqual(
    input.values.slice(0, 3).map(({ name, unit, better }) => [name, unit, better]),
    [
      ["best unseen loss", "", "lower"],
      ["final unseen loss", "", "lower"],
      ["time per epoch", "s", "lower"],
    ],
  );
  assert.deepEqual(
    input.trials.map(({ state, seed, configuration, reason }) => [state, seed, configuration, reason]),
    [
      ["complete", 1, 0, null],
      ["complete", 2, 0, null],
      ["complete", 1, 1, null],
      ["pruned", 2, 1, "stopped after epoch 2 of 2 by median"],
      ["diverged", 1, 2, "train/loss became NaN at step 2"],
      ["failed", 2, 2, evil],
      ["running", 1, 3, "in epoch 4 of 4"],
      ["waiting", 2, 3, "stopped after epoch 1 of 1; the sweep goes on with it"],
    ],
  );
  // The best of whole epochs, as the search has it: 40 steps; what diverged or failed has no result.
  const judged = input.trials.map(({ values }) => values[0] ?? null);
  assert.ok(Math.abs(judged[0]! - (1 + 1 / 41)) < 1e-6);
  assert.deepEqual([judged[4], judged[5]], [null, null]);
  assert.deepEqual(
    input.trials[4]!.values.filter((value) => value !== null),
    [],
  );
});

test("seeds are repeats: mean and sample standard deviation of the complete ones", async (t) => {
  const { store, sweep } = await studied(t);
  const configurations = configurationsOf(sweepInput(sweep, readReportRuns(store, runsOfSweep(sweep))));
  assert.equal(configurations.length, 4);
  const [first, second, third] = configurations.map(({ values }) => values[0] ?? null);
  assert.ok(Math.abs(first!.mean - (2 + 1 / 41)) < 1e-6);
  assert.ok(Math.abs(first!.spread! - Math.SQRT2) < 1e-6);
  assert.equal(second!.spread, null);
  assert.equal(third, null);
});

test("a configuration of which a seed diverged is never the best", async (t) => {
  const trials = [
    { run: run("aaa0", 1), ending: ended("complete") },
    { run: run("aaa1", 1, { status: "FAILED" }), ending: ended("diverged", "train/loss became NaN") },
    { run: run("aaa2", 5), ending: ended("complete") },
    { run: run("aaa3", 7), ending: ended("complete") },
    { run: run("aaa4", 8), ending: ended("complete") },
  ];
  const { store, sweep } = await studied(t, trials);
  const out = path.join(temporaryFolder(t), "sweep.html");
  await writeReport(store, runsOfSweep(sweep), { out, png: null, sweep, now: sampleTime });
  const markup = readFileSync(out, "utf8");
  assert.match(markup, /at best 6\.024 ± 1\.4 with optimizer\.name adam, train\.batch_size 16/);
  const [, table] = /<section id="configurations">(.*?)<\/section>/s.exec(markup)!;
  assert.match(table!, /<span class="best">6\.024 /);
  assert.doesNotMatch(table!, /<span class="best">1\.0/);
});

test("the page of a stored sweep shows every trial, and drawings of it as PNG", async (t) => {
  const { store, sweep } = await studied(t);
  const folder = temporaryFolder(t);
  const [out, png] = [path.join(folder, "sweep.html"), path.join(folder, "png")];
  const ids = runsOfSweep(sweep);
  const { page } = await writeReport(store, ids, { out, png, sweep, now: sampleTime });
  assert.equal(page, "sweep");
  const written = readFileSync(out, "utf8");
  const markup = written.replace(/<script[\s\S]*?<\/script>/g, "").replace(/<style>[\s\S]*?<\/style>/, "");
  assert.match(markup, /8 trials \(3 complete, 1 pruned, 1 diverged, 1 failed, 1 running, 1 waiting\)/);
  assert.match(markup, /at best 2\.024 ± 1\.4 with optimizer\.name adam, train\.batch_size 8/);
  assert.match(markup, /<p><bdi>which one is it<\/bdi><\/p>/);
  assert.equal(markup.match(/<polyline /g)!.length, 8);
  for (const state of ["complete", "pruned", "diverged", "failed", "running", "waiting"])
    assert.match(markup, new RegExp(`<polyline [^>]*class="${state}"`));
  assert.match(markup, /stopped after epoch 2 of 2 by median/);
  assert.match(markup, /&lt;\/script&gt;&lt;script&gt;alert/);
  // A cell of the heat map with nothing complete says why.
  assert.match(markup, /class="cell">diverged</);
  // Curves are called by what was chosen.
  assert.match(markup, /<bdi>adam, 8<\/bdi>/);
  const names = readdirSync(png);
  for (const name of ["parallel-coordinates", "heat-map-best-unseen-loss", "heat-map-time-per-epoch"]) {
    assert.ok(names.includes(`${name}.png`), `${name} of ${names.join(", ")}`);
    const picture = sharp(path.join(png, `${name}.png`));
    const { width } = await picture.metadata();
    const { channels, isOpaque } = await picture.stats();
    assert.ok(width! > 500 && isOpaque);
    // Colors and words on white: neither empty nor black.
    assert.ok(channels[0]!.mean > 100 && channels[0]!.stdev > 10, `${name}: ${channels[0]!.mean}`);
  }
});

test("a sweep of which no trial has a run is a page too; one without trials is an error", async (t) => {
  const { store, sweep } = await studied(t, [{ ending: ended("failed", "no such folder") }]);
  const out = path.join(temporaryFolder(t), "sweep.html");
  await writeReport(store, [], { out, png: null, sweep, now: sampleTime });
  assert.match(readFileSync(out, "utf8"), /no such folder/);
  assert.throws(
    () => sweepInput({ ...sweep, trials: [] }, []),
    /^UserError: sweep study: no trial was begun yet$/,
  );
});

test("a run of a sweep names it", async (t) => {
  const { store } = await studied(t);
  const [data] = readReportRuns(store, ["aaa3"]);
  assert.equal(
    trialWords(data!),
    `Trial 3 of the sweep study (${id}), seed 2, with optimizer.name adam, train.batch_size 16; pruned`,
  );
  assert.equal(statusOf(data!), "PRUNED");
  const { provenance } = data!.run;
  const trained = { ...data!, run: { ...data!.run, provenance: { ...provenance, command: ["agent", id] } } };
  assert.equal(
    reproduction(trained).command.at(-1),
    "npx hueristic run experiments/sample.yaml train.optimizer.name=adam train.batch_size=16 seed=2",
  );
  const out = path.join(temporaryFolder(t), "run.html");
  await writeReport(store, ["aaa0"], { out, png: null, now: sampleTime });
  assert.match(readFileSync(out, "utf8"), /<p><bdi>Trial 0 of the sweep study/);
});

test("a sweep is named by its id, its beginning, its name or its file; a run goes first", async (t) => {
  const { store } = await studied(t);
  const folder = temporaryFolder(t);
  for (const ref of ["study", id, "5ee"]) {
    const { sweep, runIds } = await reportTarget(store, [ref]);
    assert.equal(sweep?.sweep.id, id, ref);
    assert.equal(runIds.length, 7);
  }
  assert.equal((await reportTarget(store, ["aaa0"])).sweep, null);
  assert.equal((await reportTarget(store, ["latest"])).sweep, null);
  assert.equal((await reportTarget(store, ["latest"], "sweep")).sweep?.sweep.id, id);
  // With others it is its runs.
  const both = await reportTarget(store, ["study", "aaa0"]);
  assert.deepEqual([both.sweep, both.runIds.length], [null, 7]);
  await assert.rejects(
    reportTarget(store, ["nothing"]),
    /no such id, beginning of an id, name, tag, file or sweep/,
  );

  const file = path.join(folder, "faces.yaml");
  writeFileSync(path.join(folder, "base.yaml"), base);
  writeFileSync(file, `experiment: base.yaml\n${text}variants:\n  smoke: {seeds: [3]}\n`);
  await assert.rejects(
    reportTarget(store, [file]),
    new RegExp(`${file}: no sweep was started from this file as it is now; start it with`),
  );
  const { sweep } = loadSweep(file, { variant: "smoke" });
  const smoke = { id: sweepId(sweep), name: sweep.name, definition: JSON.stringify(sweep) };
  store.saveSweep(smoke);
  assert.equal((await reportTarget(store, [file])).sweep?.sweep.id, smoke.id);
  writeFileSync(file, `experiment: base.yaml\n${text}variants:\n  smoke: {seeds: [3, 4]}\n`);
  await assert.rejects(reportTarget(store, [file]), /named so are here: \w{12} \(faces-smoke\)/);
});

test("a page of the newest sweep where there is none is refused", async (t) => {
  const store = await sampleStore(t, { id: "aaa0" });
  await assert.rejects(reportTarget(store, ["latest"], "sweep"), /no sweeps here yet/);
});

test("what metrics mean is the store's word", async (t) => {
  const store = await sampleStore(t, { id: "aaa0" }, { id: "aaa1" });
  const step = new Float64Array([40]);
  const described = seriesKind({ name: "odd", better: "one", family: "metric", unit: "cd", description: "" });
  const runs: ReportRun[] = readReportRuns(store, ["aaa0", "aaa1"]).map((data, at) => ({
    ...data,
    metrics: new Map([["odd", described]]),
    series: [
      ...data.series,
      {
        name: "unseen/odd",
        spec: { ...described, set: "unseen" },
        step,
        elapsedMs: step,
        value: new Float64Array([[0.9, 3][at]!]),
      },
      {
        name: "unseen/psnr",
        spec: specOf("unseen/psnr"),
        step,
        elapsedMs: step,
        value: new Float64Array([[20, 30][at]!]),
      },
    ],
  }));
  const [odd, psnr] = ["odd", "psnr"].map(
    (name) => measuresOf(runs).find((measure) => measure.name === name)!,
  );
  assert.deepEqual([odd!.better, odd!.unit, odd!.text(0.9, runs[0]!)], ["one", "cd", "0.9 cd"]);
  assert.equal(psnr!.better, "higher");
  const { columns, rows } = runTable(runs, ["first", "second"]);
  const at = columns.findIndex(({ name }) => name === "odd");
  assert.equal(columns[at]!.meaning, "best near 1");
  assert.deepEqual(
    rows.map(({ cells }) => cells[at]!.best),
    [true, false],
  );
});

test("numbers of many values are grouped, what is missing stays by itself", () => {
  assert.deepEqual(valueGroups(["1", "2", null], 2), ["1", "2", "–"]);
  assert.deepEqual(valueGroups(["1", "2", "3", "4", null], 3), ["1 to 1", "2 to 2", "3 to 3", "4 to 4", "–"]);
  assert.deepEqual(valueGroups(["a", "b", "c"], 2), ["a", "b", "c"]);
});

test("a drawing by itself has its colors and takes any text", async () => {
  const svg = html`<svg width="40" height="20" viewBox="0 0 40 20"><rect width="40" height="20" fill="#ff0000"/><text class="tick">${"\u0001\ud800 <&"}</text></svg>`;
  const { data, info } = await sharp(await drawFigure(svg))
    .raw()
    .toBuffer({ resolveWithObject: true });
  assert.deepEqual([info.width, info.height], [144, 104]);
  const middle = (52 * info.width + 72) * info.channels;
  assert.deepEqual([...data.subarray(middle, middle + 3)], [255, 0, 0]);
  await assert.rejects(drawFigure(html`<p>no drawing</p>`), /expected an SVG element/);
});
