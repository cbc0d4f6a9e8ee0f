import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { completeExperiment } from "../../src/experiment/complete-experiment.ts";
import { declaredSeries } from "../../src/runner/declared-series.ts";
import { type SeriesSpec, seriesName } from "../../src/runs/series.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { typescript } from "../typescript.ts";

const synthetic = { kind: "synthetic", count: 32 };

function declared(written: Readonly<Record<string, unknown>>): Map<string, SeriesSpec> {
  const specs = declaredSeries(completeExperiment({ dataset: synthetic, ...written }, "test"));
  const byName = new Map(specs.map((spec) => [seriesName(spec), spec]));
  assert.equal(byName.size, specs.length, "every series once");
  return byName;
}

const pix2pix = (more: object = {}) => ({
  model: { kind: "pix2pix", width: 8, ...more },
  image: { size: 32 },
});
const ganSeries = ["G_L1", "G_GAN", "D_real", "D_fake", "G_score", "D_score", "G_gradient_norm"];

test("an experiment's series are known before it begins", () => {
  const cases: readonly [written: Readonly<Record<string, unknown>>, has: string[], lacks: string[]][] = [
    [
      { model: "beta", metrics: ["psnr", "ciede2000"] },
      [
        "train/loss",
        "seen/loss",
        "unseen/loss",
        "unseen/psnr",
        "seen/ciede2000_p95",
        "unseen/emergence/blue",
      ],
      ["train/G_L1", "train/discriminator_learning_rate", "unseen/ssim", "unseen/average_precision"],
    ],
    [
      { model: "beta", metrics: ["psnr"], evaluate: { scenes: synthetic } },
      ["scenes/loss", "scenes/psnr", "unseen/color/chroma_ratio"],
      [],
    ],
    [{ model: "beta", metrics: [], evaluate: { scenes: synthetic } }, ["unseen/loss"], ["scenes/loss"]],
    [
      pix2pix(),
      [...ganSeries.map((name) => `train/${name}`), "train/discriminator_learning_rate", "unseen/loss"],
      ["train/loss", "train/G_FM"],
    ],
    [pix2pix({ discriminator: { feature_matching: 10 } }), ["train/G_FM"], []],
    [
      { model: "classifier", dataset: { kind: "coco", root: "coco" }, metrics: ["psnr"] },
      ["unseen/average_precision", "train/loss"],
      ["unseen/psnr", "unseen/emergence/blue"],
    ],
  ];
  for (const [written, has, lacks] of cases) {
    const names = declared(written);
    for (const name of has) assert.ok(names.has(name), `${name} of ${JSON.stringify(written)}`);
    for (const name of lacks) assert.ok(!names.has(name), `no ${name} of ${JSON.stringify(written)}`);
  }
});

test("losses say what they compare with", () => {
  const compares = (written: Readonly<Record<string, unknown>>, name = "unseen/loss") =>
    declared(written).get(name)!.compares;
  assert.equal(compares({ model: "alpha" }), compares({ model: "beta" }));
  assert.equal(compares({ model: "beta" }), "squared error");
  assert.equal(compares(pix2pix({ color: "lab" })), "pix2pix L1, lab");
  assert.equal(compares(pix2pix({ color: "rgb" })), "pix2pix L1, rgb");
  assert.equal(compares(pix2pix({ color: "rgb" }), "train/G_L1"), "pix2pix L1, rgb");
  assert.equal(compares({ model: "beta", metrics: ["psnr"] }, "unseen/psnr"), "");
});

test("neither TensorFlow.js nor ONNX Runtime is loaded for it", (t) => {
  const file = path.join(temporaryFolder(t), "modules.txt");
  const recorder = new URL("../cli/record-modules.mjs", import.meta.url).href;
  const script = fileURLToPath(new URL("../../src/runner/declared-series.ts", import.meta.url));
  execFileSync(process.execPath, [...typescript, "--import", recorder, script], {
    env: { ...process.env, RECORDED_MODULES: file },
  });
  const loaded = readFileSync(file, "utf8");
  assert.match(loaded, /pix2pix\/series/);
  assert.doesNotMatch(loaded, /tensorflow|onnxruntime/);
});
