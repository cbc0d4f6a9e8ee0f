// train.last_batch: the smaller batch at the end of an epoch.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Experiment } from "../../src/experiment/experiment.ts";
import { type Output, silent } from "../../src/output.ts";
import { checkpointFiles, checkpointFolder, readCheckpoint } from "../../src/runner/checkpoints.ts";
import { cutOfEpoch, partsOfLast } from "../../src/runner/last-batch.ts";
import { runExperiment } from "../../src/runner/run-experiment.ts";
import { openStore } from "../../src/store/open-store.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { smallExperiment } from "./small-experiment.ts";

type Train = Partial<Experiment["train"]>;

/** 18 images to train on: with batches of 4 four whole ones and one of 2. */
function experimentOf(train: Train, model: Experiment["model"]): Experiment {
  const experiment = smallExperiment({ epochs: 3 });
  const { augment } = experiment.train;
  return {
    ...experiment,
    model,
    image: { size: 8 },
    train: { ...experiment.train, last_batch: "keep", augment: { ...augment, flip: true }, ...train },
  };
}

async function run(
  folder: string,
  {
    output = silent,
    resume = null as string | null,
    ...train
  }: Train & { output?: Output; resume?: string | null } = {},
  model: Experiment["model"] = { kind: "alpha" },
) {
  const options = { runsFolder: folder, source: null, output, threads: 1, resume };
  const { runId, status } = await runExperiment(experimentOf(train, model), options);
  return { id: runId!, status };
}

function recordOf(folder: string, id: string) {
  const store = openStore(folder, { readonly: true });
  try {
    const untimed = store.allSeries(id).filter(({ name }) => !/_seconds?$/.test(name));
    return {
      stepsPerEpoch: store.getRun(id).stepsPerEpoch,
      notes: store.events(id).filter(({ kind }) => kind === "dataset"),
      series: Object.fromEntries(untimed.map(({ name, step, value }) => [name, [[...step], [...value]]])),
    };
  } finally {
    store.close();
  }
}

const weights = (folder: string, id: string) =>
  readFileSync(checkpointFiles(checkpointFolder(folder, id)).at(-1)!);

test("an epoch keeps or drops what does not fill a batch", () => {
  const { train } = smallExperiment();
  const cut = (images: number, last_batch: "keep" | "drop") =>
    cutOfEpoch(images, { ...train, batch_size: 16, last_batch });
  assert.deepEqual(cut(31, "drop"), { stepsPerEpoch: 1, inLast: 0, leftOut: 15 });
  assert.deepEqual(cut(31, "keep"), { stepsPerEpoch: 2, inLast: 15, leftOut: 0 });
  assert.deepEqual(cut(32, "keep"), { stepsPerEpoch: 2, inLast: 0, leftOut: 0 });
  assert.throws(() => cut(15, "keep"), { name: "UserError", message: /^train.batch_size: .* 15 .* 16$/ });
  const parts = (inLast: number, accumulate: number) =>
    partsOfLast(inLast, { ...train, batch_size: 16, accumulate });
  assert.deepEqual(
    [parts(15, 1), parts(15, 4), parts(12, 4), parts(7, 4), parts(3, 4), parts(15, 16)],
    [1, 5, 3, 7, 1, 15],
  );
});

test("keep trains on every image of every epoch, each counting the same in the mean loss", async (t) => {
  const folder = temporaryFolder(t);
  const { id } = await run(folder);
  const { stepsPerEpoch, notes, series } = recordOf(folder, id);
  assert.equal(stepsPerEpoch, 5);
  assert.deepEqual(
    notes.filter(({ message }) => message.includes("left over")),
    [],
  );
  const [steps, losses] = series["train/loss"]!;
  assert.deepEqual(
    steps,
    Array.from({ length: 15 }, (_, index) => index + 1),
  );
  const means = [0, 1, 2].map((epoch) => {
    const [a, b, c, d, last] = losses!.slice(epoch * 5, epoch * 5 + 5) as [
      number,
      number,
      number,
      number,
      number,
    ];
    return (4 * (a + b + c + d) + 2 * last) / 18;
  });
  const [at, seen] = series["seen/loss"]!;
  assert.deepEqual(at, [5, 10, 15]);
  for (const [epoch, mean] of means.entries()) assert.ok(Math.abs(seen![epoch]! - mean) < 1e-9);

  const { id: dropped } = await run(folder, { last_batch: "drop" });
  const left = recordOf(folder, dropped);
  assert.equal(left.stepsPerEpoch, 4);
  assert.match(left.notes.at(-1)!.message, /^2 of 18 images .*; train.last_batch=keep trains on them too$/);
  assert.notDeepEqual(left.series["unseen/loss"], series["unseen/loss"]);
});

test("a smaller batch that is taken in parts, as train.accumulate says, trains the same", async (t) => {
  const folder = temporaryFolder(t);
  const whole = { epochs: 1, batch_size: 12 };
  const kept = await run(folder, whole);
  const inParts = await run(folder, { ...whole, accumulate: 4 });
  const [, losses] = recordOf(folder, kept.id).series["train/loss"]!;
  const [, ofParts] = recordOf(folder, inParts.id).series["train/loss"]!;
  assert.equal(losses!.length, 2);
  for (const [at, loss] of losses!.entries()) assert.ok(Math.abs(ofParts![at]! / loss - 1) < 1e-5);
});

function stopAt(step: number): Output {
  let sent = false;
  const update = (done: number, text: string) => {
    if (sent || done < step || !text.startsWith("epoch")) return;
    sent = true;
    process.emit("SIGTERM", "SIGTERM");
  };
  return { ...silent, progress: () => ({ update, stop: () => {} }) };
}

for (const step of [1, 4, 5])
  test(`stopped after step ${step} of an epoch of 5 and resumed it equals the run that was not`, async (t) => {
    const folder = temporaryFolder(t);
    const never = await run(folder);
    const first = await run(folder, { output: stopAt(step) });
    assert.equal(first.status, "KILLED");
    const saved = checkpointFiles(checkpointFolder(folder, first.id)).at(-1)!;
    assert.ok(readCheckpoint(saved).step >= step && readCheckpoint(saved).step < 15);
    const second = await run(folder, { resume: first.id });
    assert.equal(second.status, "FINISHED");
    assert.deepEqual(recordOf(folder, first.id).series, recordOf(folder, never.id).series);
    assert.ok(weights(folder, first.id).equals(weights(folder, never.id)), "the weights, to the last bit");
  });
