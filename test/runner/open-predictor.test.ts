// The network of a run, shown pictures that belong to no data set: gamma asks its classifier, a classifier is refused.

import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import { UserError } from "../../src/errors.ts";
import type { Experiment, ModelConfig } from "../../src/experiment/experiment.ts";
import { silent } from "../../src/output.ts";
import { chooseCheckpoint } from "../../src/runner/evaluation/choose-checkpoint.ts";
import { openPredictor } from "../../src/runner/open-predictor.ts";
import { runExperiment } from "../../src/runner/run-experiment.ts";
import { openStore } from "../../src/store/open-store.ts";
import { celebaConfig, plain, write } from "../datasets/pictures.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { smallExperiment } from "./small-experiment.ts";

async function writeFaces(root: string): Promise<void> {
  const names = Array.from({ length: 8 }, (_, index) => `00${index}.png`);
  for (const [index, name] of names.entries()) {
    const picture = plain({ r: 20 * index + 40, g: 60, b: 90 }, 16, 16);
    write(path.join(root, "img_align_celeba", name), await picture.png().toBuffer());
  }
  write(path.join(root, "list_eval_partition.txt"), names.map((name) => `${name} 0`).join("\n"));
  const rows = names.map((name, index) => `${name} ${index % 2 === 0 ? -1 : 1}`);
  write(path.join(root, "list_attr_celeba.txt"), ["8", "Bright", ...rows].join("\n"));
}

test("gamma is told by its classifier, frozen or trained along, also at another size; a classifier is refused", async (context) => {
  const root = temporaryFolder(context);
  await writeFaces(path.join(root, "celeba"));
  const runsFolder = path.join(root, "runs");
  const train = async (model: ModelConfig) => {
    const small = smallExperiment({ epochs: 1 });
    const dataset = { ...celebaConfig(path.join(root, "celeba")), holdout: 0.25, seed: 5 };
    const experiment: Experiment = { ...small, model, dataset };
    const { runId } = await runExperiment(experiment, {
      runsFolder,
      source: null,
      resume: null,
      output: silent,
      threads: 2,
    });
    return runId!;
  };
  const gamma = (fine_tune: boolean): ModelConfig => ({
    kind: "gamma",
    classifier: { kind: "trained", run: "latest", output: "classes" },
    fine_tune,
  });
  const classifier = await train({ kind: "classifier", width: 8 });
  const ids = [await train(gamma(false)), await train(gamma(true))];
  const store = openStore(runsFolder, { readonly: true });
  context.after(() => store.close());
  const open = (id: string, size: number | null) => {
    const run = store.getRun(id);
    return openPredictor(run, chooseCheckpoint(store, run, "last"), {
      store,
      device: "cpu",
      size,
      threads: 1,
    });
  };
  const luma = (level: number) => (side: number) => new Float32Array(side * side).fill(level);
  for (const id of ids)
    for (const size of [null, 32]) {
      const predictor = await open(id, size);
      const { image } = store.getRun(id).experiment;
      assert.deepEqual([predictor.size, predictor.output], [size ?? image.size, "chroma"]);
      const dark = (await predictor.predict(luma(-0.5))).slice();
      const light = (await predictor.predict(luma(0.5))).slice();
      assert.equal(dark.length, 2 * predictor.size ** 2);
      assert.ok(dark.some((value, at) => value !== light[at]));
      assert.deepEqual((await predictor.predict(luma(-0.5))).slice(), dark);
      await predictor.close();
    }
  await assert.rejects(open(classifier, null), (error) => {
    assert.ok(error instanceof UserError);
    return /expected a network that makes colors, got a classifier/.test(error.message);
  });
  await assert.rejects(open(ids[0]!, 20), /--size: expected a multiple of 8 for gamma, got 20/);
});
