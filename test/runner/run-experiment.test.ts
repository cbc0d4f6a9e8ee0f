// Whole trainings on small drawn scenes: what they leave, and that stopping and going on changes no number.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { messageOf, UserError } from "../../src/errors.ts";
import { completeExperiment } from "../../src/experiment/complete-experiment.ts";
import type { OptimizerConfig } from "../../src/experiment/experiment.ts";
import { type Output, silent } from "../../src/output.ts";
import { checkpointFiles, checkpointFolder, readCheckpoint } from "../../src/runner/checkpoints.ts";
import { runExperiment } from "../../src/runner/run-experiment.ts";
import { openStore } from "../../src/store/open-store.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { typescript } from "../typescript.ts";
import { everySeries } from "./every-series.ts";
import { smallExperiment } from "./small-experiment.ts";

const trainChild = fileURLToPath(new URL("train-child.ts", import.meta.url));
const stepsPerEpoch = 4; // 18 images to train on, batches of 4

async function run(
  runsFolder: string,
  changes: Parameters<typeof smallExperiment>[0] = {},
  more: { resume?: string; output?: Output } = {},
) {
  const { resume = null, output = silent } = more;
  const result = await runExperiment(smallExperiment(changes), {
    runsFolder,
    source: null,
    resume,
    output,
    threads: 2,
  });
  assert.ok(result.runId !== null);
  return { ...result, runId: result.runId };
}

/** An output that sends this process a signal when the progress bar reaches `step`. */
function interruptAt(step: number, signal: "SIGINT" | "SIGTERM" | "SIGHUP"): Output {
  let sent = false;
  const update = (done: number, text: string) => {
    if (sent || done < step || !text.startsWith("epoch")) return;
    sent = true;
    process.emit(signal, signal);
  };
  return { ...silent, progress: () => ({ update, stop: () => {} }) };
}

test("a run leaves its losses, sample grids, events and checkpoints", async (context) => {
  const folder = temporaryFolder(context);
  const { runId, status, exitCode } = await run(folder);
  assert.deepEqual({ status, exitCode }, { status: "FINISHED", exitCode: 0 });

  const store = openStore(folder, { readonly: true });
  context.after(() => store.close());
  const row = store.getRun(runId);
  assert.equal(row.status, "FINISHED");
  assert.equal(row.parameters, 32_202);
  assert.equal(row.stepsPerEpoch, stepsPerEpoch);
  assert.deepEqual(row.experiment, smallExperiment());

  const steps = Array.from({ length: 12 }, (_, index) => index + 1);
  assert.deepEqual(Array.from(store.series(runId, "train/loss")!.step), steps);
  assert.deepEqual(Array.from(store.series(runId, "train/learning_rate")!.step), steps);
  const unseen = store.series(runId, "unseen/loss")!;
  assert.deepEqual(Array.from(unseen.step), [0, 4, 8, 12]);
  const [before, ...after] = unseen.value;
  assert.ok(Math.min(...after) < before!, `training helps on images that were not seen: ${unseen.value}`);

  const measured = store.series(runId, "unseen/emergence/images")!;
  assert.deepEqual(
    [Array.from(measured.step), Array.from(measured.value)],
    [
      [0, 4, 8, 12],
      [6, 6, 6, 6],
    ],
  );

  const images = store.images(runId);
  const at = (epoch: number, kind: string) =>
    images.filter((image) => image.epoch === epoch && image.kind === kind);
  assert.deepEqual([...new Set(images.map(({ epoch }) => epoch))], [0, 2, 3]);
  assert.equal(at(0, "real").length, 5);
  assert.equal(at(0, "grey").length, 5);
  for (const epoch of [0, 2, 3]) assert.equal(at(epoch, "colorized").length, 5);

  const stored = store.datasetImages(row.datasetFingerprint);
  const [seen, held] = ["seen", "unseen"].map((set) => stored.filter((image) => image.set === set));
  assert.deepEqual([seen?.length, held?.length], [18, 6]);
  for (const image of images) {
    const side = image.set === "seen" ? seen : held;
    assert.ok(
      side?.some(({ id }) => id === image.imageId),
      `${image.imageId} belongs to ${image.set}`,
    );
  }

  // A grey picture is grey, and has the luma of the real one.
  const pixels = async (kind: string) => {
    const { bytes } = store.blob(at(0, kind)[0]!.blobHash)!;
    return (await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true })).data;
  };
  const grey = await pixels("grey");
  assert.equal(grey.length, 16 * 16 * 3);
  for (let i = 0; i < grey.length; i += 3) {
    assert.deepEqual([grey[i + 1], grey[i + 2]], [grey[i], grey[i]]);
  }

  const files = checkpointFiles(checkpointFolder(folder, runId));
  assert.deepEqual(
    files.map((file) => path.basename(file)),
    ["step-00000008.safetensors", "step-00000012.safetensors"],
  );
  assert.equal(readCheckpoint(files[1]!).step, 12);
  assert.ok(store.events(runId).some(({ kind }) => kind === "checkpoint"));
});

test("the same seed gives the same numbers", async (context) => {
  const folder = temporaryFolder(context);
  const [first, second] = [await run(folder, { epochs: 1 }), await run(folder, { epochs: 1 })];
  assert.deepEqual(everySeries(folder, second.runId), everySeries(folder, first.runId));
});

for (const [signal, exitCode, step, kind] of [
  ["SIGINT", 130, 6, "beta"], // whose many weights are copied between calls
  ["SIGTERM", 143, 4, "alpha"],
  ["SIGHUP", 129, 1, "alpha"], // the first call has one step: always within an epoch
] as const) {
  test(`${signal} at step ${step} saves and stops; resuming equals a run that was never stopped`, async (context) => {
    const folder = temporaryFolder(context);
    const model = { kind };
    const whole = await run(folder, { model });
    const stopped = await run(folder, { model }, { output: interruptAt(step, signal) });
    assert.deepEqual({ ...stopped, runId: "" }, { runId: "", status: "KILLED", exitCode, pruned: false });
    const [saved] = checkpointFiles(checkpointFolder(folder, stopped.runId)).slice(-1);
    assert.ok(readCheckpoint(saved!).step < 12);

    const resumed = await run(folder, { model }, { resume: stopped.runId });
    assert.deepEqual(resumed, { runId: stopped.runId, status: "FINISHED", exitCode: 0, pruned: false });
    assert.deepEqual(everySeries(folder, stopped.runId), everySeries(folder, whole.runId));

    const final = (runId: string) => checkpointFiles(checkpointFolder(folder, runId)).at(-1)!;
    assert.ok(
      readFileSync(final(stopped.runId)).equals(readFileSync(final(whole.runId))),
      "the weights, to the last bit",
    );

    const store = openStore(folder, { readonly: true });
    context.after(() => store.close());
    assert.deepEqual(store.images(stopped.runId), store.images(whole.runId));
  });
}

test("a finished run trains on when it is given more epochs", async (context) => {
  const folder = temporaryFolder(context);
  const { runId } = await run(folder, { epochs: 1 });
  await run(folder, { epochs: 2 }, { resume: runId });
  const store = openStore(folder, { readonly: true });
  context.after(() => store.close());
  assert.equal(store.getRun(runId).experiment.train.epochs, 2);
  assert.deepEqual(Array.from(store.series(runId, "unseen/loss")!.step), [0, 4, 8]);
});

test("after kill -9 a run resumes at once from its newest checkpoint, with one point per step", async (context) => {
  const folder = temporaryFolder(context);
  const whole = await run(folder);
  const child = spawn(process.execPath, [...typescript, trainChild, folder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let runId = "";
  for await (const line of createInterface(child.stdout)) {
    runId ||= line.match(/^run (\w+)/)?.[1] ?? "";
  }
  const store = openStore(folder, { readonly: true });
  assert.equal(store.getRun(runId).status, "DEAD", "its process has ended");
  assert.equal(store.getRun(runId).experiment.name, "small");
  store.close();

  const resumed = await run(folder, {}, { resume: runId });
  assert.equal(resumed.status, "FINISHED");
  assert.deepEqual(everySeries(folder, runId), everySeries(folder, whole.runId));
});

test("a loss that is not finite ends the run and names step and checkpoint", async (context) => {
  const folder = temporaryFolder(context);
  const errors: string[] = [];
  const output = { ...silent, error: (line: string) => void errors.push(line) };
  const optimizer: OptimizerConfig = { name: "sgd", learning_rate: 1e30 };
  const { runId, status, exitCode } = await run(folder, { optimizer }, { output });
  assert.deepEqual({ status, exitCode }, { status: "FAILED", exitCode: 1 });
  assert.match(
    errors.join(),
    /train\/loss became (NaN|Infinity) at step \d+ of epoch 1; last good checkpoint: none yet/,
  );
  const store = openStore(folder, { readonly: true });
  context.after(() => store.close());
  assert.equal(store.getRun(runId).error, errors[0]);
  assert.deepEqual(checkpointFiles(checkpointFolder(folder, runId)), []);
});

test("a run that fails or is stopped before its first step says so, and is not left to be found dead", async (context) => {
  const folder = temporaryFolder(context);
  const experiment = smallExperiment();
  const evaluated = {
    ...experiment,
    metrics: completeExperiment({ ...experiment, metrics: ["psnr"] }).metrics,
    evaluate: { others: { ...experiment.dataset, seed: 2 } },
  };
  const options = { runsFolder: folder, source: null, output: silent, threads: 2, resume: null };
  const endOf = async (onRun: () => void) => {
    let id = "";
    const thrown = await runExperiment(evaluated, {
      ...options,
      onRun: (run) => {
        id = run;
        onRun();
      },
    }).then(({ status }) => status, messageOf);
    const store = openStore(folder, { readonly: true });
    const { status, error } = store.getRun(id);
    store.close();
    return { thrown, status, error };
  };
  const fail = () => {
    throw new UserError("no room");
  };
  assert.deepEqual(await endOf(fail), { thrown: "no room", status: "FAILED", error: "no room" });
  const stop = () => void process.emit("SIGTERM", "SIGTERM");
  assert.deepEqual(await endOf(stop), {
    thrown: "KILLED",
    status: "KILLED",
    error: null,
  });
});

test("colors that stay grey are warned of once, in the terminal and in the store, also over a resumption", async (context) => {
  const folder = temporaryFolder(context);
  const warnings: string[] = [];
  const output = { ...silent, warn: (line: string) => void warnings.push(line) };
  const still: OptimizerConfig = { name: "sgd", learning_rate: 1e-9 };
  const sampled = (epochs: number) => {
    const experiment = smallExperiment({ epochs, optimizer: still });
    return { ...experiment, samples: { every: 1, seen: 1, unseen: 1, each: 2, measured: 256 } };
  };
  const options = { runsFolder: folder, source: null, output, threads: 2 };
  const { runId } = await runExperiment(sampled(2), { ...options, resume: null });
  assert.equal(warnings.length, 0);
  await runExperiment(sampled(5), { ...options, resume: runId });
  const grey = warnings.filter((line) => line.includes("to grey"));
  assert.equal(grey.length, 1);
  assert.match(
    grey[0]!,
    /^colors have collapsed to grey, for 3 epochs up to epoch 3: mean chroma is 0\.\d\d of/,
  );
  assert.equal(new Set(warnings).size, warnings.length);

  const store = openStore(folder, { readonly: true });
  context.after(() => store.close());
  const stored = store
    .events(runId!)
    .filter(({ level, kind }) => level === "warning" && kind !== "experiment");
  assert.deepEqual(
    stored.map(({ kind, message }) => [kind, message]),
    warnings.map((message) => ["colors-collapsed", message]),
  );
});

test("more images in a batch than there are is refused, and nothing is left", async (context) => {
  const folder = temporaryFolder(context);
  const tooMany = run(folder, { batchSize: 19 });
  await assert.rejects(
    tooMany,
    (error) => error instanceof UserError && /train.batch_size: .* 18 .* 19/.test(error.message),
  );
  const store = openStore(folder, { readonly: true });
  context.after(() => store.close());
  assert.equal(store.listRuns().length, 0);
});

test("a run whose images changed cannot be resumed", async (context) => {
  const folder = temporaryFolder(context);
  const { runId } = await run(folder, {}, { output: interruptAt(2, "SIGINT") });
  const changed = { ...smallExperiment(), dataset: { ...smallExperiment().dataset, seed: 6 } };
  const resumed = runExperiment(changed, {
    runsFolder: folder,
    source: null,
    resume: runId,
    output: silent,
    threads: 2,
  });
  await assert.rejects(resumed, /its images changed since/);
  assert.ok(readdirSync(path.join(folder, runId)).includes("checkpoints"), "nothing is lost");
});
