// Whole trainings of the networks that need more than images: a classifier, gamma that asks it, and a GAN.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import sharp from "sharp";
import { UserError } from "../../src/errors.ts";
import type { Experiment, ModelConfig } from "../../src/experiment/experiment.ts";
import { silent } from "../../src/output.ts";
import { checkpointFiles, checkpointFolder, readCheckpoint } from "../../src/runner/checkpoints.ts";
import { runExperiment } from "../../src/runner/run-experiment.ts";
import { openStore } from "../../src/store/open-store.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { faces, gamma, writeFaces, writeOnnx } from "./faces.ts";
import { adam, smallExperiment } from "./small-experiment.ts";

function run(root: string, experiment: Experiment, resume: string | null = null) {
  const runsFolder = path.join(root, "runs");
  return runExperiment(experiment, { runsFolder, source: null, resume, output: silent, threads: 2 });
}

const classifier: ModelConfig = { kind: "classifier", width: 8 };

function newestState(root: string, runId: string) {
  return readCheckpoint(checkpointFiles(checkpointFolder(path.join(root, "runs"), runId)).at(-1)!).state;
}

test("a classifier learns what can be learned, and gamma asks it", async (context) => {
  const root = temporaryFolder(context);
  await writeFaces(path.join(root, "celeba"));
  await assert.rejects(run(root, faces(root, gamma(), 1)), (error) => {
    return (
      error instanceof UserError && error.message.startsWith("model.classifier.run: no run of the model kind")
    );
  });

  const first = await run(root, faces(root, classifier, 12));
  const store = openStore(path.join(root, "runs"));
  context.after(() => store.close());
  const values = (id: string, name: string) => Array.from(store.series(id, name)!.value);
  const precision = values(first.runId!, "unseen/average_precision");
  assert.equal(precision.length, 13);
  const losses = values(first.runId!, "seen/loss");
  assert.ok(losses.at(-1)! < 0.7 * losses[0]!, `losses ${losses}`);
  assert.equal(store.images(first.runId!).length, 0, "a classifier makes no pictures");

  const second = await run(root, faces(root, gamma(), 1));
  const { experiment } = store.getRun(second.runId!);
  assert.ok(experiment.model.kind === "gamma" && experiment.model.classifier.kind === "trained");
  assert.equal(experiment.model.classifier.run, first.runId, "latest is stored as the id that it meant");
  const kept = readdirSync(path.join(root, "runs", "cache")).filter((name) => name.startsWith("embedding-"));
  assert.equal(kept.length, 1);
  assert.ok(!Object.keys(newestState(root, second.runId!)).some((name) => name.includes("classifier")));

  // The kept answers serve the next run, which gives the same numbers.
  const third = await run(root, faces(root, gamma({}, first.runId!), 1));
  assert.deepEqual(values(third.runId!, "train/loss"), values(second.runId!, "train/loss"));
  const stillKept = readdirSync(path.join(root, "runs", "cache")).filter((name) =>
    name.startsWith("embedding-"),
  );
  assert.deepEqual(stillKept, kept);

  const wrong = run(root, faces(root, gamma({}, second.runId!), 1));
  await assert.rejects(wrong, /expected a run of the model kind classifier, got \w+, which is gamma/);

  // Trained on, the classifier is another one: a run that was told by the old one must not go on.
  await run(root, faces(root, classifier, 13), first.runId);
  const changed = run(root, { ...experiment, train: { ...experiment.train, epochs: 2 } }, second.runId);
  await assert.rejects(changed, /cannot go on: its classifier changed since/);
});

test("gamma trains its classifier along where it is asked to", async (context) => {
  const root = temporaryFolder(context);
  await writeFaces(path.join(root, "celeba"));
  const first = await run(root, faces(root, classifier, 1));
  const before = newestState(root, first.runId!);
  const second = await run(root, faces(root, gamma({ fine_tune: true }), 1));
  const after = newestState(root, second.runId!);
  const moved = (name: string) =>
    after[`classifier/${name}`]!.data.some((value, index) => value !== before[name]!.data[index]);
  assert.ok(moved("conv1/kernel"));
  assert.ok(moved("labels/kernel"));
  assert.ok(!moved("conv1/norm/mean"), "running statistics stay");
});

test("gamma is told by an ONNX file, once for every picture", async (context) => {
  const root = temporaryFolder(context);
  await writeFaces(path.join(root, "celeba"));
  const weights = writeOnnx(root);
  const onnx = { classifier: { kind: "mobilenet_v2", weights, output: "classes" } } as const;
  const { runId } = await run(root, faces(root, gamma(onnx), 1));
  const [kept] = readdirSync(path.join(root, "runs", "cache")).filter((name) =>
    name.startsWith("embedding-"),
  );
  const bytes = readFileSync(path.join(root, "runs", "cache", kept!));
  const answers = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4 - 1); // a checksum is behind them
  assert.equal(answers.length, 24 * 3);
  const store = openStore(path.join(root, "runs"), { readonly: true });
  context.after(() => store.close());
  const pictures = store.datasetImages(store.getRun(runId!).datasetFingerprint);
  for (const [place, { id }] of pictures.entries()) {
    // Grey, so all three channels alike; light faces above the middle, dark ones below.
    const [red, green, blue] = answers.subarray(3 * place, 3 * place + 3);
    assert.ok(Math.abs(red! - green!) < 1e-4 && Math.abs(red! - blue!) < 1e-4);
    assert.equal(red! > 0, Number.parseInt(path.basename(id), 10) % 2 === 1, `${id}: ${red}`);
  }
  assert.match(store.getRun(runId!).teller!.description, /^mean\.onnx, 3 numbers$/);
  const tuned = run(root, faces(root, gamma({ ...onnx, fine_tune: true }), 1));
  await assert.rejects(tuned, /model\.fine_tune: expected false for mean\.onnx/);
});

test("a GAN in RGB on augmented pictures is stopped and goes on without changing a number", async (context) => {
  const root = temporaryFolder(context);
  const experiment = (epochs: number): Experiment => ({
    ...smallExperiment({ epochs }),
    image: { size: 32 },
    model: {
      kind: "pix2pix",
      color: "rgb",
      width: 4,
      depth: null,
      norm: "batch",
      dropout: "paper",
      gan_loss: "vanilla",
      l1_weight: 100,
      discriminator: { width: null, n_layers: 2, scales: 1, feature_matching: 0, padding: null },
      attention: null,
      spectral_norm: ["discriminator"],
      evaluation: "running",
    },
    train: {
      ...smallExperiment({ epochs }).train,
      augment: { flip: true, crop: 1.25, rotate: 10, zoom: 0.1 },
      optimizer: { ...adam, learning_rate: 2e-4, beta1: 0.5 },
      discriminator_optimizer: { ...adam, learning_rate: 4e-4, beta1: 0.5 },
      schedule: { kind: "constant" },
    },
  });
  const whole = await run(root, experiment(2));
  const part = await run(root, experiment(1));
  await run(root, experiment(2), part.runId);
  assert.deepEqual(newestState(root, part.runId!), newestState(root, whole.runId!));

  const store = openStore(path.join(root, "runs"), { readonly: true });
  context.after(() => store.close());
  const perStep = [
    ...["G_L1", "G_GAN", "D_real", "D_fake", "learning_rate", "discriminator_learning_rate"],
    ...["G_score", "D_score", "G_gradient_norm", "D_gradient_norm"],
  ];
  for (const name of perStep) {
    const [ofWhole, ofPart] = [whole, part].map(({ runId }) => store.series(runId!, `train/${name}`)!.value);
    assert.equal(ofWhole!.length, 8, name);
    assert.deepEqual(ofPart, ofWhole, name);
  }
  assert.equal(store.series(whole.runId!, "train/discriminator_learning_rate")!.value[0], 4e-4);
  // The first grid of a generator that starts near 0 is grey in RGB, whatever the picture.
  const { blobHash } = store
    .images(whole.runId!)
    .find(({ kind, epoch }) => kind === "colorized" && epoch === 0)!;
  const { channels } = await sharp(store.blob(blobHash)!.bytes).stats();
  for (const { mean } of channels.slice(0, 3)) assert.ok(Math.abs(mean - 127.5) < 30, `mean ${mean}`);
});
