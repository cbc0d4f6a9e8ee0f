import assert from "node:assert/strict";
import { test } from "node:test";
import { compareCommand } from "../../src/cli/commands/compare.ts";
import { colorsOf, silent } from "../../src/output.ts";
import type { Difference } from "../../src/report/sections/differences/model.ts";
import { divergence } from "../../src/runs/divergence.ts";
import { openStore } from "../../src/store/open-store.ts";
import { emergenceSeries, ofReal } from "../../src/store/read-emergence.ts";
import {
  dataset,
  declare,
  experiment,
  log,
  newRun,
  saveDataset,
  temporaryFolder,
} from "../store/fixtures.ts";

/** Of twelve unseen images, each as much better as the others. */
const twelve = Array.from({ length: 12 }, (_, at) => ({ id: `${at}`, set: "unseen" as const }));

const ids = (seen: number, unseen: number) =>
  Array.from({ length: seen + unseen }, (_, at) => ({
    id: `${at}.png`,
    set: at < seen ? ("seen" as const) : ("unseen" as const),
  }));
const twoUnseen = { ...dataset, seenCount: 2, unseenCount: 2, unseenFingerprint: "a" };
const sameUnseen = { ...twoUnseen, fingerprint: "d".repeat(64), seenCount: 4 };
const other = { ...dataset, fingerprint: "e".repeat(64), seenCount: 0, unseenCount: 1 };

async function output(
  runs: string,
  run: readonly string[],
  options: { json?: boolean; markdown?: boolean; "every-run"?: boolean } = {},
): Promise<[string, string]> {
  let [printed, said] = ["", ""];
  const context = {
    output: { ...silent, info: (line: string) => (said += line) },
    print: (text: string) => (printed += text),
    printAll: async () => assert.fail(),
    colors: colorsOf({ isTTY: false }),
    width: null,
    now: Date.now,
    reportError: () => 1,
  };
  const usual = { json: false, markdown: false, "every-run": false, debug: false };
  await compareCommand.run({ ...usual, ...options, run, runs }, context);
  return [printed, said];
}

test("compare marks the best value of the same images, and says why there is none of others", async (t) => {
  const runs = temporaryFolder(t);
  const store = openStore(runs);
  store.saveDataset(twoUnseen, ids(2, 2), []);
  store.saveDataset(sameUnseen, ids(4, 2), []);
  store.saveDataset(other, [{ id: "x", set: "unseen" }], []);
  for (const [name, psnr, fingerprint] of [
    ["a", 21, dataset.fingerprint],
    ["b", 22, dataset.fingerprint],
    ["c", 23, other.fingerprint],
    ["d", 24, sameUnseen.fingerprint],
    ["e", 25, dataset.fingerprint],
  ] as const) {
    const measured = name === "e" ? 1 : 256;
    const samples = { ...experiment.samples, measured };
    const writer = store.createRun(
      newRun({ name, datasetFingerprint: fingerprint, experiment: { ...experiment, samples } }),
    );
    log(writer, 2, { "unseen/psnr": psnr });
    writer.finish("FINISHED");
  }
  store.close();
  const compare = async (run: readonly string[]) => {
    const [printed, said] = await output(runs, run);
    return [/^unseen\/psnr +(.*)$/m.exec(printed)![1]!.replaceAll(/ {2,}/g, " | "), said];
  };
  assert.deepEqual(await compare(["a", "b"]), ["21 | 22 *", ""]);
  const note = "unseen/psnr: of different images, so that none is marked as the best";
  assert.deepEqual(await compare(["b", "c"]), ["22 | 23", note]);
  assert.deepEqual(
    await compare(["b", "d"]),
    ["22 | 24 *", ""],
    "data sets that differ in what is trained on",
  );
  assert.deepEqual(await compare(["b", "e"]), ["22 | 25", note], "of the first image only");
});

test("compare says whether a difference is more than chance, the same in words, in its table and as JSON", async (t) => {
  const runs = temporaryFolder(t);
  const store = openStore(runs);
  store.saveDataset({ ...dataset, seenCount: 0, unseenCount: 12 }, twelve, []);
  for (const [name, by] of [
    ["a", 0],
    ["b", 2],
  ] as const) {
    const writer = store.createRun(newRun({ name }));
    declare(writer, "unseen/psnr");
    const psnr = Float64Array.from(twelve, (_, at) => 20 + Math.sin(at) + by * (1 + 0.1 * Math.cos(at * 5)));
    const places = Uint32Array.from(twelve, (_, at) => at);
    writer.logEvaluation(2, [{ set: "unseen", ofSet: { psnr: 20 + by }, ofImages: { psnr }, places }]);
    writer.finish("FINISHED");
  }
  store.close();
  const [printed] = await output(runs, ["a", "b"]);
  const said =
    /^b beats a by (2\.\d+) \S+ on unseen \((1\.\d+) to (2\.\d+); better on 12 of 12 images; one seed\)$/m.exec(
      printed,
    );
  assert.ok(said, printed);
  assert.match(printed, /^unseen +psnr +b +a +2\.\d+.*12 of 12 +one seed +under 0\.001 +yes$/m);
  const [only] = (
    JSON.parse((await output(runs, ["a", "b"], { json: true }))[0]) as { differences: Difference[] }
  ).differences;
  assert.deepEqual(
    [only!.difference, only!.low, only!.high].map((value) => value.toFixed(said[1]!.length - 2)),
    said.slice(1, 4),
  );
});

test("compare puts runs that differ in their seed into one column, and writes Markdown", async (t) => {
  const runs = temporaryFolder(t);
  const store = openStore(runs);
  saveDataset(store);
  const all: string[] = [];
  for (const [name, seed, psnr] of [
    ["a|b", 1, 20],
    ["a|b", 2, 22],
    ["c", 1, 20.5],
  ] as const) {
    const writer = store.createRun(newRun({ name, experiment: { ...newRun().experiment, seed } }));
    log(writer, 2, { "unseen/psnr": psnr });
    const [images, blue] = [emergenceSeries.images, emergenceSeries.share("blue")];
    for (const step of [4, 8])
      log(writer, step, { [images]: 10, [blue]: step * seed * 0.01, [ofReal(blue)]: 0.2 });
    writer.finish("FINISHED");
    all.push(writer.id);
  }
  store.close();
  const lines = async (options: { markdown?: boolean; "every-run"?: boolean }) =>
    (await output(runs, all, options))[0].split("\n").map((line) => line.replaceAll(/ {2,}/g, "  "));
  const found = await lines({});
  for (const line of ["results  a|b (2 seeds)  c", "seed  1, 2  1", "unseen/psnr  21 ± 1.4 *  20.5"])
    assert.ok(found.includes(line), `${line} in ${found.join("\n")}`);
  assert.deepEqual(
    found.filter((line) => /, seed \d {2}/.test(line)).map((line) => /epoch \d|not yet/.exec(line)![0]),
    ["not yet", "epoch 4"],
  );
  assert.ok((await lines({ "every-run": true })).includes("unseen/psnr  20  22 *  20.5"));
  const table = (await lines({ markdown: true })).join("\n");
  assert.match(table, /^### results\n\n\| results \| a\\\|b \(2 seeds\) \| c \|\n\| --- \| --- \| --- \|$/m);
  assert.match(table, /^\| unseen\/psnr \| 21 ± 1\.4 \\\* \| 20\.5 \|$/m);
  const { configurations } = JSON.parse((await output(runs, all, { json: true }))[0]) as {
    configurations: { runs: string[]; results: Record<string, unknown> }[];
  };
  assert.deepEqual(configurations[0]!.results["unseen/psnr"], { mean: 21, spread: Math.SQRT2, count: 2 });
  assert.equal(configurations[0]!.runs.length, 2);
});

test("a configuration of which a seed diverged is never the best, and that seed is not in its means", async (t) => {
  const runs = temporaryFolder(t);
  const store = openStore(runs);
  saveDataset(store);
  const ids = (
    [
      ["a", 1, 22],
      ["a", 2, 24],
      ["c", 1, 20.5],
    ] as const
  ).map(([name, seed, psnr]) => {
    const writer = store.createRun(newRun({ name, experiment: { ...newRun().experiment, seed } }));
    log(writer, 2, { "unseen/psnr": psnr });
    if (psnr === 24)
      writer.finish("FAILED", `${divergence("train/loss", Number.NaN, 3, 1)}; last good checkpoint: x`);
    else writer.finish("FINISHED");
    return writer.id;
  });
  const failed = store.createRun(newRun({ name: "d" }));
  log(failed, 2, { "unseen/psnr": 10 });
  failed.finish("FAILED", "the disk is full");
  store.close();
  const result = async (chosen: readonly string[], options = {}) => {
    const [printed, said] = await output(runs, chosen, options);
    return [
      /unseen\/psnr .*/.exec(printed)![0].replaceAll(/ {2,}/g, "  "),
      said.includes("diverged is never the best"),
    ];
  };
  assert.deepEqual(await result(ids), ["unseen/psnr  22 (of 1)  20.5", true]);
  assert.deepEqual(await result([...ids, failed.id]), ["unseen/psnr  22 (of 1)  20.5 *  10", true]);
  assert.deepEqual(
    await result(ids, { "every-run": true }),
    ["unseen/psnr  22 *  24  20.5", true],
    "it shows what it had",
  );
});
