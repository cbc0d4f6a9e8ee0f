import assert from "node:assert/strict";
import { test } from "node:test";
import {
  differenceOf,
  differenceWords,
  type MeasuredSet,
  type Origin,
  originOf,
} from "../../src/runs/comparable.ts";

const loss = (compares: string, images: string): Origin => ({
  spec: { family: "loss", set: "unseen", compares },
  images,
});
const of = (family: Origin["spec"]["family"], images: string): Origin => ({
  spec: { family, set: "unseen", compares: "" },
  images,
});

test("values compare where images and kinds of loss are the same", () => {
  const cases: readonly [origins: Origin[], difference: ReturnType<typeof differenceOf>][] = [
    [[], null],
    [[loss("squared error", "a")], null],
    [[loss("squared error", "a"), loss("squared error", "a")], null],
    [[loss("squared error", "a"), loss("squared error", "b")], "images"],
    [[loss("squared error", "a"), loss("pix2pix L1, lab", "a")], "kind"],
    [[loss("squared error", "a"), loss("pix2pix L1, lab", "b")], "kind"],
    [[of("metric", "a"), of("metric", "b")], "images"],
    [[of("color", "a"), of("color", "b")], "images"],
    [[of("time", "a"), of("time", "b")], null],
    [[of("rate", "a"), of("rate", "b")], null],
  ];
  for (const [origins, difference] of cases) assert.equal(differenceOf(origins), difference);
  assert.equal(
    differenceWords("kind", [loss("squared error", "a"), loss("pix2pix L1, lab", "a")]),
    "of different kinds (squared error; pix2pix L1, lab)",
  );
});

const sets: readonly MeasuredSet[] = [
  { set: "seen", images: "own", dataset: "d", first: 8, partOf: null },
  { set: "unseen", images: "own unseen", dataset: "d", first: 10, partOf: null },
  { set: "portraits", images: "p", dataset: "e", first: 12, partOf: null },
  { set: "few", images: "f", dataset: "d", first: null, partOf: null },
];

test("values are of the images of their set, metrics of the first of them", () => {
  const imagesOf = (set: string, family: Origin["spec"]["family"]) =>
    originOf({ set, family, compares: "" }, sets).images;
  assert.deepEqual(
    [imagesOf("unseen", "loss"), imagesOf("unseen", "color"), imagesOf("unseen", "metric")],
    ["own unseen", "own unseen", "the first 10 of d"],
  );
  assert.deepEqual([imagesOf("seen", "loss"), imagesOf("seen", "metric")], ["own", "the first 8 of d"]);
  assert.equal(imagesOf("train", "loss"), "own");
  assert.equal(imagesOf("portraits", "loss"), "the first 12 of e", "one pass gives loss and metrics");
  assert.equal(imagesOf("few", "metric"), "f");
});
