// Small parts by themselves: numbers, seeds, Markdown, definitions, data sets, what a user may name.

import assert from "node:assert/strict";
import { test } from "node:test";
import { resolveExperiment } from "../../src/experiment/complete-experiment.ts";
import { sectionIds } from "../../src/experiment/report-section.ts";
import { parseSize } from "../../src/parse-size.ts";
import { isDefinition, readDefinition } from "../../src/report/definition.ts";
import { numberPool } from "../../src/report/numbers.ts";
import { choosePage } from "../../src/report/pages/page-of.ts";
import { readReportRuns } from "../../src/report/read-report-runs.ts";
import { mergeSeeds } from "../../src/report/sections/curves/client/merge-seeds.ts";
import { sampleGrids } from "../../src/report/sections/samples/model.ts";
import { markdownHtml } from "../../src/report/sections/text/markdown.ts";
import { sections } from "../../src/report/sections.ts";
import { runsMeant } from "../../src/runs/references.ts";
import { readSweep } from "../../src/sweep/file/read-sweep.ts";
import { sweepId } from "../../src/sweep/scheduling/identity.ts";
import { memoryFiles } from "../experiment/fixtures.ts";
import { sampleStore } from "./sample-store.ts";

test("numbers come back as float32, NaN and infinities too, and stand once", () => {
  const pool = numberPool();
  const values = [1, Number.NaN, Number.POSITIVE_INFINITY, 0.1];
  const key = pool.add(values);
  assert.equal(pool.add(values), key);
  assert.notEqual(pool.add([1]), key);
  const bytes = Buffer.from(pool.entries()[key]!, "base64");
  const back = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  assert.deepEqual(back, Float32Array.from(values));
});

test("seeds: mean and range on all places, straight between points, nothing beyond the ends", () => {
  const merged = mergeSeeds([
    { x: [0, 2, 4], y: [0, 2, 4] },
    { x: [0, 1, 2], y: [4, Number.NaN, 4] },
  ]);
  assert.deepEqual([...merged.x], [0, 1, 2, 4]);
  assert.deepEqual([...merged.mean], [2, 1, 3, 4]);
  assert.deepEqual([...merged.low], [0, 1, 2, 4]);
  assert.deepEqual([...merged.high], [4, 1, 4, 4]);
  assert.ok(Number.isNaN(mergeSeeds([{ x: [1], y: [Number.NaN] }]).mean[0]!));
});

test("Markdown becomes elements, HTML in it is text, links lead to the web or a mailbox only", () => {
  const made = markdownHtml(
    "# Title\n\nOne **bold** and *it* and `a<b`\nline\n\n- first\n  goes on\n- second\n\n1. one\n\n> said\n\n```\n<b>\n```",
  ).html;
  assert.equal(
    made.replaceAll("\n", ""),
    "<h3>Title</h3><p>One <strong>bold</strong> and <em>it</em> and <code>a&lt;b</code>line</p><ul><li>firstgoes on</li><li>second</li></ul><ol><li>one</li></ol><blockquote><p>said</p></blockquote><pre><code>&lt;b&gt;</code></pre>",
  );
  const evil = markdownHtml(
    `<script>alert(1)</script> [x](javascript:alert(1)) [f](file:///etc/passwd) [d](data:text/html,x) [r](other.html) [y](https://a.b/"onclick=) **<img>**`,
  ).html;
  assert.doesNotMatch(evil, /<script|<img|href="(?!https:\/\/a\.b\/)|"onclick/);
  assert.match(evil, /<strong>&lt;img&gt;<\/strong>/);
  assert.match(
    markdownHtml("[a](https://a.b) [m](mailto:c@d.e) ![p](https://a.b/c.png)").html,
    /<a href="https:\/\/a\.b" rel="noreferrer">a<\/a> <a href="mailto:c@d\.e" rel="noreferrer">m<\/a> !<a /,
  );
});

test("a definition is read, and every mistake in it is named with its line", () => {
  const text =
    "title: Faces\nruns: [a, 12]\npage: models\npanels: [text, samples]\ntext: |\n  Hello\nmax_size: 2 MB\n";
  assert.ok(isDefinition(text) && isDefinition("report:\n  title: x\n") && !isDefinition("model: beta\n"));
  assert.deepEqual(readDefinition(text, "faces.yaml"), {
    title: "Faces",
    runs: ["a", "12"],
    page: "models",
    panels: ["text", "samples"],
    text: "Hello\n",
    maxSize: 2e6,
  });
  assert.deepEqual(readDefinition("model: beta\nreport:\n  title: x\n", "study.yaml").runs, ["study.yaml"]);
  assert.throws(() => readDefinition("titel: x\npage: nothing\nruns: {a: 1}\n", "bad.yaml"), {
    name: "UserError",
    message:
      "bad.yaml:1: titel: unknown key, did you mean title? (known: title, text, page, runs, panels, max_size)\n" +
      'bad.yaml:2: page: expected one of runs, models, sweep, datasets, run, got "nothing"\n' +
      "bad.yaml:3: runs: expected a list of words, got a mapping",
  });
});

test("sizes", () => {
  assert.deepEqual(["15MB", "2 MiB", "800 kB", "1e6", "0", "ten", "5 parsecs"].map(parseSize), [
    15e6,
    2 ** 21,
    8e5,
    1e6,
    null,
    null,
    null,
  ]);
});

test("runs are named by id, name, tag or file, each once", async (t) => {
  const store = await sampleStore(
    t,
    { id: "aaaa", tags: ["group"], images: 0 },
    { id: "bbbb", name: "other", tags: ["group"], images: 0 },
    { id: "cccc", images: 0 },
  );
  const select = (...refs: string[]) => runsMeant(refs, store.known);
  assert.deepEqual(select("group"), ["aaaa", "bbbb"]);
  assert.deepEqual(select("other", "group", "cccc"), ["bbbb", "aaaa", "cccc"]);
  assert.deepEqual(select("experiments/sample.yaml"), ["aaaa", "bbbb", "cccc"]);
  assert.throws(() => select("nobody"), { name: "UserError", message: /no such id/ });
});

test("the page is chosen by what is given", async (t) => {
  const skipped = [{ path: "x", reason: "y" }];
  const store = await sampleStore(
    t,
    { id: "aaaa" },
    { id: "bbbb", model: "alpha" },
    { id: "cccc", learningRate: 1 },
    { id: "dddd", skipped },
  );
  const choose = (...ids: string[]) => choosePage({ runs: readReportRuns(store, ids), sweep: null });
  assert.equal(choose("aaaa"), "run");
  assert.equal(choose("aaaa", "bbbb"), "models");
  assert.equal(choose("aaaa", "cccc"), "runs");
  assert.equal(choose("aaaa", "bbbb", "dddd"), "runs");
  const elsewhere = { set: "elsewhere", images: "f", dataset: "d", first: null, partOf: null };
  const measuredSets = (run: string) => [...store.measuredSets(run), elsewhere];
  const evaluated = readReportRuns({ ...store, measuredSets }, ["aaaa", "dddd"]);
  assert.equal(choosePage({ runs: evaluated, sweep: null }), "datasets");
  const unseen = { set: "unseen", images: "same", dataset: "d", first: null, partOf: null };
  const shared = readReportRuns({ ...store, measuredSets: () => [unseen] }, ["aaaa", "dddd"]);
  assert.equal(choosePage({ runs: shared, sweep: null }), "datasets", "of the same unseen images");
});

test("metrics of single images find their place in the grid", async (t) => {
  const store = await sampleStore(t, { id: "aaaa" });
  const sampleMetrics = () => [{ epoch: 2, set: "unseen" as const, index: 1, metric: "psnr", value: 21 }];
  const runs = readReportRuns({ ...store, sampleMetrics }, ["aaaa"]);
  const { metrics } = sampleGrids(runs, ["a"]).grids[0]!.rows[0]!;
  assert.deepEqual(metrics[1], [{}, {}, {}, { psnr: 21 }]);
});

test("a report section stands in an experiment or a sweep, changes neither, and is checked with it", () => {
  const section = "report: {title: Faces, panels: [text, samples]}\n";
  const options = { file: "study.yaml", cwd: "/", files: memoryFiles({}) };
  const text = "dataset: {kind: synthetic}\n";
  assert.deepEqual(
    resolveExperiment(`${text}${section}`, { file: "study.yaml" }),
    resolveExperiment(text, { file: "study.yaml" }),
  );
  assert.throws(() => resolveExperiment(`${text}report: {titel: x}\n`, { file: "study.yaml" }), {
    message:
      "study.yaml:2: report.titel: unknown key, did you mean title? (known: title, text, page, runs, panels, max_size)",
  });
  assert.throws(
    () => resolveExperiment(`${text}report:\n  panels: [text, sampels]\n`, { file: "study.yaml" }),
    {
      message: `study.yaml:3: report.panels: no page has a section "sampels", did you mean samples? (known: ${sectionIds.join(", ")})`,
    },
  );
  const sweep = "experiment: base.yaml\nmethod: grid\nparameters: {seed: {values: [1, 2]}}\n";
  const files = memoryFiles({ "/base.yaml": text });
  assert.equal(
    sweepId(readSweep(`${sweep}${section}`, { ...options, files }).sweep),
    sweepId(readSweep(sweep, { ...options, files }).sweep),
  );
  assert.throws(() => readSweep(`${sweep}report: faces\n`, { ...options, files }), {
    message: 'study.yaml:4: report: expected keys such as title, text and runs, got "faces"',
  });
  assert.deepEqual(readDefinition(`${sweep}${section}`, "study.yaml").panels, ["text", "samples"]);
});

test("the sections that a definition may name are those that there are", () => {
  const ids = Object.values(sections).map((section) => section().id);
  assert.deepEqual([...new Set(ids)], [...sectionIds]);
});

test("a title that is a number keeps its digits", () => {
  const { title } = readDefinition("runs: [a]\ntitle: 9007199254740993\n", "study.yaml");
  assert.equal(title, "9007199254740993");
});
