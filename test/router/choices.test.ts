// How a router chooses: shares of classes, from when on the classifier is believed, what a discriminator's logit is worth.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { loadExperiment } from "../../src/experiment/load-experiment.ts";
import { calibrate, realnessOf } from "../../src/router/calibration.ts";
import { classShares, largestAt } from "../../src/router/class-shares.ts";
import { routeByClass, routeByRealness } from "../../src/router/route.ts";
import { readRouterFile } from "../../src/router/router-file.ts";
import { chooseThreshold, type Tried, thresholdAt } from "../../src/router/threshold.ts";
import { loadSweep } from "../../src/sweep/file/load-sweep.ts";
import { assertAllClose } from "../allclose.ts";

test("the router of this project names the runs of its sweep and its classifier", () => {
  const folder = new URL("../../experiments/", import.meta.url);
  const { name, specialists, general, classifier } = readRouterFile(
    fileURLToPath(new URL("routers/specialists.yaml", folder)),
  );
  assert.equal(name, "specialists");
  assert.deepEqual(specialists, { faces: "specialists-0", scenes: "specialists-1" });
  assert.deepEqual([general, classifier], ["specialists-2", "specialists-classifier"]);
  const { sweep } = loadSweep(fileURLToPath(new URL("specialists.yaml", folder)), { variant: null });
  const { distribution } = sweep.parameters.find((parameter) => parameter.name === "dataset")!;
  assert.ok("values" in distribution);
  assert.deepEqual([sweep.name, distribution.values.length], ["specialists", 3]);
  const { dataset } = loadExperiment(fileURLToPath(new URL(`${classifier}.yaml`, folder)));
  assert.deepEqual(
    dataset.kind === "union" && dataset.parts.map((part) => part.name),
    Object.keys(specialists),
  );
});

type GoldenCase = {
  readonly name: string;
  readonly real: readonly number[];
  readonly generated: readonly number[];
  readonly mean: number;
  readonly deviation: number;
  readonly realMean: number;
  readonly realness: readonly number[];
  readonly auc: number;
};
const golden = JSON.parse(readFileSync(new URL("../golden/router.json", import.meta.url), "utf8")) as {
  readonly cases: readonly GoldenCase[];
};

test("shares are the softmax of the logits, and certainty stays finite", () => {
  const logits = [2, -1, 0.5];
  const probabilities = logits.map((logit) => 1 / (1 + Math.exp(-logit)));
  const powers = logits.map(Math.exp);
  const sum = powers.reduce((a, b) => a + b);
  assertAllClose(
    classShares(probabilities),
    powers.map((power) => power / sum),
    { relative: 1e-12 },
  );
  assert.deepEqual([...classShares([1, 1])], [0.5, 0.5]);
  assert.deepEqual([...classShares([0, 0, 0, 0])], [0.25, 0.25, 0.25, 0.25]);
  assert.equal(largestAt(classShares([0.2, 1, 1])), 1);
});

for (const { name, real, generated, realness, auc, mean, deviation, realMean } of golden.cases)
  test(`calibration as SciPy finds it: ${name}`, () => {
    const found = calibrate(real, generated);
    assert.equal(found.pictures, real.length);
    const expected = [mean, deviation, realMean, auc];
    const got = [found.mean, found.deviation, found.realMean, found.auc];
    for (const [at, value] of expected.entries()) assertAllClose([got[at]!], [value], { relative: 1e-9 });
    assertAllClose(
      generated.map((logit) => realnessOf(found, logit)),
      realness,
      { relative: 1e-6 },
    );
  });

test("where all colorings have one logit, others are as far away as they are", () => {
  const found = calibrate([1, 2], [3, 3]);
  assert.deepEqual([realnessOf(found, 3), realnessOf(found, 2.5)], [0, -0.5]);
});

const tried = (share: number, isRightByClassifier: boolean, isRightByDiscriminators: boolean): Tried => ({
  share,
  isRightByClassifier,
  isRightByDiscriminators,
});

test("the classifier is believed from where on most images go to the network of their class", () => {
  const knowing = [
    tried(0.9, true, true),
    tried(0.6, false, true),
    tried(0.7, false, true),
    tried(0.8, true, false),
  ];
  assert.deepEqual(chooseThreshold(knowing), {
    share: 0.8,
    sure: 2,
    rightOfSure: 2,
    unsure: 2,
    rightOfUnsure: 2,
  });
  const blind = knowing.map((each) => ({ ...each, isRightByDiscriminators: false }));
  assert.deepEqual(chooseThreshold(blind), {
    share: 0.6,
    sure: 4,
    rightOfSure: 2,
    unsure: 0,
    rightOfUnsure: 0,
  });
  // Of one share all are sure or none: two of three are right by the classifier, one by the discriminators.
  const alike = [
    tried(0.7, false, true),
    tried(0.7, true, false),
    tried(0.7, true, false),
    tried(0.9, true, true),
  ];
  assert.equal(chooseThreshold(alike).share, 0.7);
  assert.deepEqual(thresholdAt(0.95, alike), {
    share: 0.95,
    sure: 0,
    rightOfSure: 0,
    unsure: 4,
    rightOfUnsure: 2,
  });
  assert.throws(() => chooseThreshold([]), /no image/);
});

test("a sure picture goes to its class, an unsure one to the coloring that looks most real by calibrated logits", () => {
  const specialists = [
    { calibration: { mean: -2, deviation: 2 } },
    { calibration: { mean: -4, deviation: 0.5 } },
  ];
  const threshold = { share: 0.8, sure: 1, rightOfSure: 1, unsure: 1, rightOfUnsure: 1 };
  const sure = routeByClass({ threshold }, [0.05, 0.9]);
  assert.deepEqual([sure?.rule, sure?.place, sure?.realness], ["classifier", 1, null]);
  const unsure = [0.6, 0.5];
  assert.equal(routeByClass({ threshold }, unsure), null);
  // By raw logits the first would look more real; among what they usually make the second does.
  const route = routeByRealness({ specialists }, unsure, [{ logit: -1 }, { logit: -3 }]);
  assert.deepEqual([route.rule, route.place, [...route.realness!]], ["discriminators", 1, [0.5, 2]]);
});
