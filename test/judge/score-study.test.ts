// Scores of answers that were counted by hand.

import assert from "node:assert/strict";
import { test } from "node:test";
import { agreements } from "../../src/judge/agreement.ts";
import {
  networkStrengths,
  scoreControls,
  scoreNetworks,
  scorePeople,
  shareFor,
} from "../../src/judge/score-study.ts";
import { bradleyTerry } from "../../src/statistics/bradley-terry.ts";
import { wilsonInterval } from "../../src/statistics/wilson-interval.ts";
import type { ImageMetric } from "../../src/store/study-rows.ts";
import { judgeOf, studyOf } from "./study.ts";

const control = (place: 0 | 1) => ({ network: null, against: null, place });

test("real: fooled is pointing at the photograph; controls are right at the wrong colors", () => {
  const study = studyOf("real", [
    { network: 0, against: null, place: 0 },
    { network: 0, against: null, place: 1 },
    { network: 1, against: null, place: 0 },
    { network: 1, against: null, place: 1 },
    control(0),
    control(1),
  ]);
  const sharp = judgeOf("sharp", [0, 1, 0, 0, 0, 1]);
  const lost = judgeOf("lost", [1, 1, 1, 0, 0, 0]);
  const counts = scoreNetworks(study, [sharp, lost]).map(({ share }) => [share.count, share.of]);
  assert.deepEqual(counts, [
    [1, 4],
    [3, 4],
  ]);
  const [alone] = scoreNetworks(study, [lost]);
  assert.deepEqual({ low: alone!.share.low, high: alone!.share.high }, wilsonInterval(1, 2));
  assert.deepEqual(scorePeople(study, [sharp, lost]), [
    { id: "sharp", name: "", controls: { right: 2, of: 2 }, isDoubtful: false, medianMs: 350 },
    { id: "lost", name: "", controls: { right: 1, of: 2 }, isDoubtful: true, medianMs: 350 },
  ]);
  const { count, of } = scoreControls(study, [sharp, lost]);
  assert.deepEqual([count, of], [3, 4]);
  assert.deepEqual(
    study.pairs.slice(0, 4).map((pair) => shareFor(study, [sharp, lost], pair)),
    [0.5, 0, 0.5, 1],
  );
  assert.equal(networkStrengths(study, [sharp, lost]), null);
});

const better = studyOf("better", [
  { network: 0, against: 1, place: 0 },
  { network: 0, against: 1, place: 1 },
  { network: 0, against: 2, place: 0 },
  { network: 1, against: 2, place: 1 },
  { network: 1, against: 2, place: 0 },
  control(1),
]);
/** 0 wins, loses, wins against 1, 1, 2; 1 wins, loses against 2; the control is right. */
const one = judgeOf("one", [0, 0, 0, 1, 1, 0]);
/** 0 loses, wins, loses; 1 wins twice. */
const other = judgeOf("other", [1, 1, 1, 1, 0, 0]);

test("better: chosen is pointing at its picture; strengths are those of the wins", () => {
  const counts = scoreNetworks(better, [one, other]).map(({ share }) => [share.count, share.of]);
  // 0: 2 + 1 of 6; 1: (1 + 1) + (1 + 2) of 8; 2: (0 + 1) + (1 + 0) of 6.
  assert.deepEqual(counts, [
    [3, 6],
    [5, 8],
    [2, 6],
  ]);
  const wins = [
    [0, 2, 1],
    [2, 0, 3],
    [1, 1, 0],
  ];
  assert.deepEqual(networkStrengths(better, [one, other]), bradleyTerry(wins));
  assert.deepEqual(
    scorePeople(better, [one]).map(({ controls }) => controls),
    [{ right: 1, of: 1 }],
  );
});

test("agreement: by the better direction of the metric, where both networks were measured", () => {
  const metric = (index: number, value: number): ImageMetric => ({
    metric: "error",
    title: "error",
    better: "lower",
    compares: "",
    index,
    value,
  });
  // Network 0 was chosen on pairs 0 (index 0) and 2, not on 1; 1 against 2 was won on 3, lost on 4.
  const metrics = new Map([
    [0, [metric(0, 1), metric(1, 5), metric(2, 1)]],
    [1, [metric(0, 4), metric(1, 1), metric(3, 1), metric(4, 2)]],
    [2, [metric(2, 3), metric(3, 6), metric(4, 1)]],
  ]);
  const [found, ...others] = agreements(better, [one], metrics);
  assert.equal(others.length, 0);
  assert.deepEqual([found!.pairs, found!.same], [5, { count: 5, of: 5 }]);
  // Ranks 3, 0, 2, 4, 1 of the differences 3, -4, 2, 5, -1, and 3, 0.5, 3, 3, 0.5 of the answers: 7.5 / sqrt(10 * 7.5).
  assert.ok(Math.abs(found!.correlation!.rho - 0.8660254) < 1e-6, String(found!.correlation!.rho));
  // Other measures of the same name do not compare with it.
  const ofAnother = (list: readonly ImageMetric[]) => list.map((each) => ({ ...each, compares: "vgg" }));
  const mixed = new Map([...metrics, [1, ofAnother(metrics.get(1)!)]]);
  assert.deepEqual(
    agreements(better, [one], mixed).map(({ pairs }) => pairs),
    [1],
  );
  metrics.delete(1);
  const [less] = agreements(better, [one], metrics);
  assert.deepEqual([less!.pairs, less!.correlation, less!.same], [1, null, { count: 1, of: 1 }]);
  assert.deepEqual(agreements(better, [one], new Map()), []);
});
