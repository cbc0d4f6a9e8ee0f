import assert from "node:assert/strict";
import { test } from "node:test";
import { differenceOf, differenceWords, imagesOfSet, type Origin } from "../../src/runs/comparable.ts";

const loss = (compares: string, images: string | null): Origin => ({
  spec: { family: "loss", set: "unseen", compares },
  images,
});
const of = (family: Origin["spec"]["family"], images: string | null): Origin => ({
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
    [[of("metric", "a"), of("metric", null)], "images"],
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

test("a set is the run's own images or those of its evaluation set", () => {
  const sets = [{ set: "portraits", fingerprint: "p" }];
  assert.equal(imagesOfSet("unseen", "own", sets), "own");
  assert.equal(imagesOfSet("portraits", "own", sets), "p");
});
