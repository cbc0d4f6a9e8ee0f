// More than chance? Which values are paired, what is said of them, and what is not compared.

import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { pageContext } from "../../src/report/page-context.ts";
import { type ReportRun, readReportRuns } from "../../src/report/read-report-runs.ts";
import { differences } from "../../src/report/sections/differences/model.ts";
import {
  differenceCells,
  differenceColumns,
  differenceNotes,
  differenceSentence,
} from "../../src/report/sections/differences/words.ts";
import { divergence } from "../../src/runs/divergence.ts";
import type { ImageValues } from "../../src/store/read-image-values.ts";
import { specOf } from "../store/fixtures.ts";
import { type SampleRun, sampleStore } from "./sample-store.ts";

/** Values of ciede2000 on forty images whose difficulty all runs share, `shift` worse; from a place on. */
function measured(series: string, shift: number, options: Partial<ImageValues> = {}): ImageValues {
  const images = series.startsWith("unseen/") ? "photographs" : "others";
  const places = options.places ?? Uint32Array.from({ length: 40 }, (_, at) => at);
  return {
    spec: { ...specOf(series), unit: "ΔE00", better: "lower" },
    epoch: 4,
    images,
    places,
    values: Float64Array.from(
      places,
      (place) => 8 + 3 * Math.sin(place * 7) + shift + 0.5 * Math.cos(place * 13 * (1 + shift)),
    ),
    ...options,
  };
}

async function compared(
  t: TestContext,
  ...runs: readonly (SampleRun & { values: readonly ImageValues[] })[]
) {
  const store = await sampleStore(t, ...runs.map(({ values: _, ...run }) => ({ images: 0, ...run })));
  const read = readReportRuns(
    store,
    runs.map(({ id }) => id),
  );
  const given = read.map((data, at): ReportRun => {
    const { values } = runs[at]!;
    const evaluated = values.filter(({ spec }) => spec.set !== "unseen");
    return {
      ...data,
      run: { ...data.run, datasetFingerprint: "photographs" },
      imageValues: values,
      measuredSets: [
        { set: "seen", images: "photographs", dataset: "d", first: null, partOf: null },
        { set: "unseen", images: "photographs", dataset: "d", first: null, partOf: null },
        ...evaluated.map(({ spec, images }) => ({
          set: spec.set,
          images,
          dataset: "d",
          first: null,
          partOf: null,
        })),
      ],
    };
  });
  return differences(pageContext({ runs: given, sweep: null }));
}

const on = (set: string, shift: number, options?: Partial<ImageValues>) =>
  measured(`${set}/ciede2000`, shift, options);

test("a difference beyond chance has its size, interval, images and seeds, the better one first", async (t) => {
  const found = await compared(
    t,
    { id: "a1", name: "beta", values: [on("portraits", 2)] },
    { id: "a2", name: "beta", seed: 2, values: [on("portraits", 2.1)] },
    { id: "b1", name: "gan", model: "alpha", values: [on("portraits", 0.4)] },
    { id: "b2", name: "gan", model: "alpha", seed: 2, values: [on("portraits", 0.5)] },
  );
  const [only, ...others] = found!.found;
  assert.equal(others.length, 0, "runs that differ in the seed only are one side");
  assert.deepEqual(
    only!.sides.map(({ label, seeds }) => [label, seeds]),
    [
      ["gan", 2],
      ["beta", 2],
    ],
  );
  assert.ok(only!.isClear && only!.high < 0 && only!.low < -1.5);
  const sentence = differenceSentence(only!);
  assert.match(
    sentence,
    /^gan beats beta by 1\.6\d ΔE00 on portraits \(1\.\d\d to 1\.\d\d; better on \d+ of 40 images; 2 seeds\)$/,
  );
  assert.equal(differenceCells(only!).length, differenceColumns.length);
});

test("two seeds of one configuration: no difference that so many images can show", async (t) => {
  const found = await compared(
    t,
    { id: "a1", name: "beta", values: [on("unseen", 0)] },
    { id: "a2", name: "beta", seed: 2, values: [on("unseen", 0.01)] },
  );
  assert.ok(differenceNotes(found!).some((note) => note.startsWith("Where a side has one seed")));
  assert.match(
    differenceSentence(found!.found[0]!),
    /^no difference between beta, seed [12] and beta, seed [12] on unseen that 40 images and one seed can show \(0\.0\d+ ΔE00, -0\.\d+ to 0\.\d+; better on \d+ of 40 images\)$/,
  );
});

test("only images that both have a finite value of are paired, and how many are left out is said", async (t) => {
  const places = Uint32Array.from({ length: 30 }, (_, at) => at + 20);
  const found = await compared(
    t,
    { id: "a", name: "a", values: [on("unseen", 0)] },
    { id: "b", name: "b", model: "alpha", values: [on("unseen", 1, { places, epoch: 2 })] },
  );
  const [only] = found!.found;
  assert.deepEqual([only!.wins.images, only!.leftOut], [20, 30]);
  assert.match(differenceSentence(only!), /of 20 images; 30 left out that not both have; epoch 4 against 2;/);
  const few = await compared(
    t,
    { id: "a", name: "a", values: [on("unseen", 0)] },
    { id: "b", name: "b", model: "alpha", values: [on("unseen", 1, { places: Uint32Array.of(1, 2) })] },
  );
  assert.deepEqual(few!.notCompared, [
    "a and b are not compared on unseen: too few images in common to tell a difference from chance (2; 10 are needed).",
  ]);
  // Images of seeds of their own: those of the seed that has too few are counted.
  const [small, other] = [{ places: Uint32Array.of(1, 2) }, { images: "of the second seed" }];
  const fewOfOne = await compared(
    t,
    { id: "a", name: "a", values: [on("faces", 0, small)] },
    { id: "a2", name: "a", seed: 2, values: [on("faces", 0, other)] },
    { id: "b", name: "b", model: "alpha", values: [on("faces", 1)] },
    { id: "b2", name: "b", model: "alpha", seed: 2, values: [on("faces", 1, other)] },
  );
  const named = fewOfOne!.notCompared.map((each) => each.replace("faces", "unseen"));
  assert.deepEqual(named, few!.notCompared);
});

test("values of other images, or of another precision, are not compared", async (t) => {
  const other = on("faces", 1, { images: "drawings" });
  const rough = on("faces", 1, { spec: { ...on("faces", 1).spec, compares: "bfloat16" } });
  for (const [values, why] of [
    [other, "of different images"],
    [rough, "of different kinds (; bfloat16)"],
  ] as const) {
    const found = await compared(
      t,
      { id: "a", name: "a", values: [on("faces", 0)] },
      { id: "b", name: "b", model: "alpha", values: [values] },
    );
    assert.deepEqual(found, { found: [], notCompared: [`a and b are not compared on faces: ${why}.`] });
    assert.deepEqual(differenceNotes(found!), found!.notCompared);
  }
});

test("a seed that was trained twice is one seed", async (t) => {
  const found = await compared(
    t,
    { id: "a", name: "a", values: [on("unseen", 9)] },
    { id: "a2", name: "a", values: [on("unseen", 0)] },
    { id: "b", name: "b", model: "alpha", values: [on("unseen", 1)] },
    { id: "b2", name: "b", model: "alpha", values: [on("unseen", 1)] },
  );
  assert.deepEqual(
    found!.found.map(({ sides }) => sides.map(({ seeds }) => seeds)),
    [[1, 1]],
  );
  assert.ok(differenceNotes(found!).some((note) => note.startsWith("Where a side has one seed")));
});

test("a seed that diverged has no part in it", async (t) => {
  const error = divergence("train/loss", Number.NaN, 3, 1);
  const found = await compared(
    t,
    { id: "a", name: "a", values: [on("unseen", 0)] },
    { id: "a2", name: "a", seed: 2, status: "FAILED", error, values: [on("unseen", 9)] },
    { id: "b", name: "b", model: "alpha", values: [on("unseen", 1)] },
  );
  const [difference] = found!.found;
  assert.deepEqual(
    difference!.sides.map(({ label, seeds }) => [label, seeds]),
    [
      ["a", 1],
      ["b", 1],
    ],
  );
  assert.ok(Math.abs(difference!.difference + 1) < 0.1);
});

test("among several comparisons Holm decides, and over how many is said", async (t) => {
  const found = await compared(
    t,
    { id: "a", name: "a", values: [on("unseen", 0), on("faces", 0)] },
    { id: "b", name: "b", model: "alpha", values: [on("unseen", 0.14), on("faces", 0)] },
    { id: "c", name: "c", learningRate: 0.5, values: [on("unseen", 3), on("faces", 3)] },
  );
  assert.equal(found!.found.length, 6);
  for (const each of found!.found) {
    assert.equal(each.comparisons, 6);
    assert.ok(each.adjustedP >= each.p);
    assert.equal(each.isClear, each.adjustedP <= 0.05);
  }
  const same = found!.found.find(({ wins }) => wins.ties === 40);
  assert.equal(differenceSentence(same!), "a and b have the same ΔE00 on all 40 images of faces");
  assert.match(
    differenceCells(found!.found.find(({ isClear }) => isClear)!).join(" | "),
    /(under 0\.001|0\.00\d) of 6 \| yes$/,
  );
});
