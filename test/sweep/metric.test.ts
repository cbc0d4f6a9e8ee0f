// The metric of a sweep is known before anything is trained.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { problems, sweepOf } from "./fixtures.ts";

const sweep = (metric: string, parameters = "{seed: {values: [1, 2]}}", more = "") =>
  `method: grid\nmetric: ${metric}\nparameters: ${parameters}\n${more}`;

describe("the metric of a sweep", () => {
  it("is refused where no trial logs it, with what may be meant and what there is", () => {
    const [line, ...more] = problems(sweep("{name: unseen/pnsr, goal: maximize}"));
    assert.deepEqual(more, []);
    assert.match(
      line!,
      /^3: metric\.name: expected a series that the trials log, got unseen\/pnsr, did you mean unseen\/psnr\? \(known: unseen\/loss, unseen\/psnr, unseen\/ssim, .*train\/loss.*, and those of colors and times that hueristic show lists\)$/,
    );
    assert.match(
      problems(sweep("{name: unseen.color/brown/real}"))[0]!,
      /^3: metric\.name: expected a series/,
    );
    assert.match(problems(sweep("{name: test/loss}"))[0]!, /got test\/loss, did you mean (un)?seen\/loss\?/);
  });

  it("is refused where some of the values leave it out", () => {
    const kinds = "{model: {values: [beta, {kind: pix2pix, color: rgb}]}, image.size: {value: 32}}";
    assert.deepEqual(problems(sweep("{name: train/G_L1}", kinds)), [
      "3: metric.name: expected a series that every trial logs, got train/G_L1, which some of the values leave out",
    ]);
    assert.deepEqual(
      problems(sweep("{name: unseen/psnr, goal: maximize}", "{metrics: {values: [[psnr], [ssim]]}}")),
      [
        "3: metric.name: expected a series that every trial logs, got unseen/psnr, which some of the values leave out",
      ],
    );
  });

  it("may be measured at sampling epochs only, or on a set of one's own", () => {
    const more = "{samples.every: {value: 10}, evaluate: {value: {drawn: {kind: synthetic, count: 8}}}}";
    for (const name of ["unseen.psnr", "drawn/ciede2000", "train/loss", "unseen/color/chroma_ratio"])
      assert.equal(
        sweepOf(sweep(`{name: ${name}, goal: maximize}`, more)).metric.series,
        name.replace(".", "/"),
      );
  });

  it("has to say its goal where higher is better", () => {
    assert.deepEqual(problems(sweep("{name: unseen/psnr}")), [
      "3: metric.goal: expected maximize for unseen/psnr, of which higher is better, got nothing, which is minimize",
    ]);
    assert.equal(sweepOf(sweep("{name: unseen/psnr, goal: minimize}")).metric.goal, "minimize");
    assert.equal(sweepOf(sweep("{name: unseen/ciede2000}")).metric.goal, "minimize");
  });
});
