// Trained on x tested on: which images a value is of, and which values compete.

import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { type ReportRun, readReportRuns } from "../../src/report/read-report-runs.ts";
import { cellPictures } from "../../src/report/sections/matrix/cell-pictures.ts";
import { transferMatrix } from "../../src/report/sections/matrix/model.ts";
import { sampleGrids } from "../../src/report/sections/samples/model.ts";
import { divergence } from "../../src/runs/divergence.ts";
import type { Series } from "../../src/store/rows.ts";
import { specOf } from "../store/fixtures.ts";
import { sampleStore } from "./sample-store.ts";

/** A value at the end of training. */
function measured(name: string, value: number): Series {
  const at = Float64Array.of(40);
  return { name, spec: specOf(name), step: at, elapsedMs: at, value: Float64Array.of(value) };
}

/** Names of images by set, and values by series, in place of what the sample run was evaluated on. */
function evaluatedOn(
  data: ReportRun,
  sets: Record<string, string>,
  values: Record<string, number>,
): ReportRun {
  const added = Object.entries(values).map(([name, value]) => measured(name, value));
  return {
    ...data,
    series: [...data.series, ...added],
    measuredSets: [
      ...ownSets(data),
      ...Object.entries(sets).map(([set, images]) => ({
        set,
        images,
        dataset: "d",
        first: null,
        partOf: null,
      })),
    ],
  };
}

const ownSets = ({ measuredSets }: ReportRun) =>
  measuredSets.filter(({ set }) => set === "seen" || set === "unseen");

async function twoRuns(t: TestContext): Promise<[ReportRun, ReportRun]> {
  const skipped = [{ path: "x", reason: "y" }];
  const store = await sampleStore(t, { id: "aaaa" }, { id: "bbbb", skipped, loss: () => 0.5 });
  const runs = readReportRuns(store, ["aaaa", "bbbb"]);
  return runs.map((data, at) => ({
    ...data,
    dataset: { ...data.dataset!, description: ["faces", "places"][at]! },
  })) as [ReportRun, ReportRun];
}

test("own images on the diagonal, evaluations beside it, what was logged before what was evaluated", async (t) => {
  const [faces, places] = await twoRuns(t);
  const [ofFaces, ofPlaces] = [faces.run.datasetFingerprint, places.run.datasetFingerprint];
  const sets = (other: string, own: string) => ({ other, "the same by another name": own });
  const values = (psnr: number) => ({
    "other/psnr": psnr,
    "the same by another name/loss": 9,
    "the same by another name/ssim": 0.5,
  });
  const { trainedOn, testedOn, metrics, cells, best } = transferMatrix([
    evaluatedOn(faces, sets(ofPlaces, ofFaces), values(20)),
    evaluatedOn(places, sets(ofFaces, ofPlaces), values(21)),
  ]);
  assert.deepEqual(
    [trainedOn, testedOn],
    [
      ["faces", "places"],
      ["faces", "places"],
    ],
  );
  const value = (row: number, column: number, name: string) => cells[row]![column]!.metrics.get(name)?.value;
  assert.equal(value(1, 1, "final unseen loss"), 0.5);
  assert.equal(value(1, 1, "ssim"), 0.5);
  assert.equal(value(0, 1, "psnr"), 20);
  assert.equal(value(1, 0, "psnr"), 21);
  assert.equal(cells[0]![0]!.sets.length, 2);
  const psnr = metrics.find(({ name }) => name === "psnr")!;
  assert.deepEqual([psnr.better, psnr.unit], ["higher", "dB"]);
  assert.ok(
    best.flat().every((each) => each === null),
    "one value a column is no contest",
  );
});

test("every test set has a grid with a row per network, its owner's too, and every cell its pictures", async (t) => {
  const [faces, places] = await twoRuns(t);
  const withSet = (data: ReportRun, set: string): ReportRun => {
    const drawn = data.images.filter((image) => image.set === "unseen");
    return { ...data, images: [...data.images, ...drawn.map((image) => ({ ...image, set }))] };
  };
  const runs = [
    withSet(evaluatedOn(faces, { portraits: "p" }, { "portraits/psnr": 20 }), "portraits"),
    withSet(
      withSet(
        evaluatedOn(
          places,
          { portraits: "p", elsewhere: faces.run.datasetFingerprint },
          { "portraits/psnr": 21, "elsewhere/psnr": 22 },
        ),
        "portraits",
      ),
      "elsewhere",
    ),
  ];
  const samples = sampleGrids(runs, ["a", "b"]);
  assert.deepEqual(
    samples.grids.map(({ images, rows }) => [images, rows.map(({ name }) => name)]),
    [
      [null, ["a", "b"]],
      ["Tested on portraits", ["a", "b"]],
      ["Tested on faces", ["a", "b"]],
    ],
  );
  const { testedOn, cells } = transferMatrix(runs);
  assert.deepEqual(testedOn, ["faces", "places", "portraits"]);
  const shown = cells.map((row) => row.map((cell) => cell && cellPictures(cell, samples)));
  assert.deepEqual(
    shown.map((row) => row.map((found) => found && [found.grid, found.row, found.pictures.length])),
    [
      [[2, 0, 2], null, [1, 0, 2]],
      [
        [2, 1, 2],
        [0, 1, 2],
        [1, 1, 2],
      ],
    ],
  );
  const last = runs[0]!.images.filter(
    ({ kind, set, epoch }) => kind === "colorized" && set === "unseen" && epoch === 4,
  );
  assert.deepEqual(
    shown[0]![0]!.pictures.map(({ hash }) => hash),
    last.map(({ blobHash }) => blobHash),
    "of the last epoch",
  );
});

test("images that others were not trained on stand for all unseen ones", async (t) => {
  const [faces, places] = await twoRuns(t);
  const part = {
    set: "part",
    images: "of-both",
    dataset: "d",
    first: null,
    partOf: faces.run.datasetFingerprint,
  };
  const values = { "unseen/psnr": 30, "part/psnr": 20 };
  const { testedOn, own, cells } = transferMatrix(
    [faces, places].map((data) => ({
      ...evaluatedOn(data, {}, values),
      measuredSets: [...ownSets(data), part],
    })),
  );
  assert.deepEqual(own, [0, 1]);
  assert.deepEqual(testedOn, ["faces", "places"]);
  assert.deepEqual(
    cells.map((row) => row.map((cell) => cell?.metrics.get("psnr")?.value)),
    [
      [20, undefined],
      [20, 30],
    ],
  );
});

test("they do not where another run was tested on all, which would be other images under one name", async (t) => {
  const [faces, places] = await twoRuns(t);
  const part = {
    set: "part",
    images: "of-both",
    dataset: "d",
    first: null,
    partOf: faces.run.datasetFingerprint,
  };
  const values = { "unseen/psnr": 30, "part/psnr": 20 };
  const { testedOn, cells } = transferMatrix([
    evaluatedOn(faces, {}, { "unseen/psnr": 30 }),
    { ...evaluatedOn(places, {}, values), measuredSets: [...ownSets(places), part] },
  ]);
  assert.deepEqual(testedOn, ["faces", "places", "part"]);
  assert.deepEqual(
    cells.map((row) => row.map((cell) => cell?.metrics.get("psnr")?.value)),
    [
      [30, undefined, undefined],
      [undefined, 30, 20],
    ],
  );
});

test("data sets that differ in what is trained on only share the column of their unseen images", async (t) => {
  const both = (await twoRuns(t)).map((data) => ({
    ...data,
    measuredSets: ownSets(data).map((each) => (each.set === "unseen" ? { ...each, images: "same" } : each)),
  }));
  const runs = [{ "unseen/psnr": 20 }, { "unseen/psnr": 22 }].map((values, at): ReportRun => {
    const { series } = evaluatedOn(both[at]!, {}, values);
    return { ...both[at]!, series };
  });
  const { trainedOn, testedOn, own, metrics, best } = transferMatrix(runs);
  assert.deepEqual([trainedOn, testedOn, own], [["faces", "places"], ["faces or places"], [0, 0]]);
  const psnr = metrics.findIndex(({ name }) => name === "psnr");
  assert.deepEqual(best[psnr], [22]);
  const [few, many] = runs;
  const fewer = { ...many!, measuredSets: many!.measuredSets.map((each) => ({ ...each, first: 1 })) };
  assert.deepEqual(transferMatrix([few!, fewer]).best[psnr], [null], "of the first image only");
});

test("values of one set compete where they are of the same images and, being losses, of one kind", async (t) => {
  const [faces, places] = await twoRuns(t);
  const bestOn = (prints: readonly [string, string], series: string) => {
    const { metrics, testedOn, best } = transferMatrix([
      evaluatedOn(faces, { portraits: prints[0] }, { [series]: 0.2 }),
      evaluatedOn(places, { portraits: prints[1] }, { [series]: 0.1 }),
    ]);
    const title = series.endsWith("loss") ? "final unseen loss" : "psnr";
    return best[metrics.findIndex(({ name }) => name === title)]![testedOn.indexOf("portraits")];
  };
  assert.equal(bestOn(["p", "p"], "portraits/psnr"), 0.2);
  assert.equal(bestOn(["p", "q"], "portraits/psnr"), null, "one name, but other images");
  assert.equal(bestOn(["p", "p"], "portraits/loss"), 0.1);
  const other = evaluatedOn(places, { portraits: "p" }, { "portraits/loss": 0.1 });
  const loss = other.series.at(-1)!;
  const pix2pix = { ...loss, spec: { ...loss.spec, compares: "pix2pix L1, lab" } };
  const { best, metrics, testedOn } = transferMatrix([
    evaluatedOn(faces, { portraits: "p" }, { "portraits/loss": 0.2 }),
    { ...other, series: [...other.series.slice(0, -1), pix2pix] },
  ]);
  const row = best[metrics.findIndex(({ name }) => name === "final unseen loss")]!;
  assert.equal(row[testedOn.indexOf("portraits")], null, "other kinds of loss");
});

test("a run that diverged has no part in its row's means, which are not the best then", async (t) => {
  const [faces, places] = await twoRuns(t);
  const on = (data: ReportRun, psnr: number) =>
    evaluatedOn(data, { portraits: "p" }, { "portraits/psnr": psnr });
  const error = divergence("train/loss", Number.NaN, 3, 1);
  const diverged = (data: ReportRun): ReportRun => ({
    ...data,
    run: { ...data.run, status: "FAILED", error },
  });
  const found = (runs: readonly ReportRun[]) => {
    const { metrics, testedOn, cells, best } = transferMatrix(runs);
    const column = testedOn.indexOf("portraits");
    const values = cells.map((row) => row[column]!.metrics.get("psnr")?.value);
    return [values, best[metrics.findIndex(({ name }) => name === "psnr")]![column]];
  };
  assert.deepEqual(found([on(faces, 20), on(faces, 26), on(places, 21)]), [[23, 21], 23]);
  assert.deepEqual(found([on(faces, 22), diverged(on(faces, 26)), on(places, 21)]), [[22, 21], null]);
  assert.deepEqual(
    found([diverged(on(faces, 22)), on(places, 21)]),
    [[22, 21], null],
    "it shows what it had",
  );
});

test("runs of one training set are averaged where their values compare", async (t) => {
  const [sample] = await twoRuns(t);
  const run = evaluatedOn(sample, {}, { "unseen/psnr": 20 });
  const again = { ...run, series: run.series.map(asPix2pix) };
  const { metrics } = transferMatrix([run, again]).cells[0]![0]!;
  assert.deepEqual(
    metrics.get("final unseen loss"),
    undefined,
    "squared errors and pix2pix's L1 have no mean",
  );
  assert.equal(metrics.get("psnr")!.runs, 2);
});

function asPix2pix(series: Series): Series {
  const { spec } = series;
  return spec.family === "loss" ? { ...series, spec: { ...spec, compares: "pix2pix L1, lab" } } : series;
}
