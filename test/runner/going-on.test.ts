// Runs that go on: with other settings, with damaged checkpoints, with none.

import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import type { Experiment } from "../../src/experiment/experiment.ts";
import { silent } from "../../src/output.ts";
import {
  checkpointFiles,
  checkpointFolder,
  readCheckpoint,
  writeCheckpoint,
} from "../../src/runner/checkpoints.ts";
import type { FromScratch } from "../../src/runner/resume-point.ts";
import { runExperiment } from "../../src/runner/run-experiment.ts";
import { openStore } from "../../src/store/open-store.ts";
import { assertAllClose } from "../allclose.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { smallExperiment } from "./small-experiment.ts";

/** 4 steps an epoch. */
function experimentOf(epochs: number): Experiment {
  const experiment = smallExperiment({ epochs });
  return { ...experiment, model: { kind: "alpha" }, image: { size: 8 } };
}

async function train(
  runsFolder: string,
  epochs: number,
  resume: string | null = null,
  fromScratch: FromScratch = "never",
): Promise<string> {
  const options = { runsFolder, source: null, output: silent, threads: 1, resume, fromScratch };
  return (await runExperiment(experimentOf(epochs), options)).runId!;
}

function recordOf(runsFolder: string, id: string) {
  const store = openStore(runsFolder, { readonly: true });
  try {
    const run = store.getRun(id);
    const loss = store.series(id, "train/loss")!;
    return {
      run,
      steps: [...loss.step],
      losses: [...loss.value],
      earlier: store.earlierExperiments(id),
      events: store.events(id),
    };
  } finally {
    store.close();
  }
}

test("after a stop before the first step it looks at the untrained network once more, and at no value twice", async (t) => {
  const folder = temporaryFolder(t);
  const options = { runsFolder: folder, source: null, output: silent, threads: 1 };
  const onRun = () => void process.kill(process.pid, "SIGTERM");
  const stopped = await runExperiment(experimentOf(1), { ...options, resume: null, onRun });
  assert.deepEqual([stopped.status, stopped.exitCode], ["KILLED", 143]);
  assert.equal(
    (await runExperiment(experimentOf(1), { ...options, resume: stopped.runId })).status,
    "FINISHED",
  );
  assert.deepEqual(recordOf(folder, stopped.runId!).steps, [1, 2, 3, 4]);
});

test("with more epochs on a cosine: both experiments stay in the record, and what changed is said", async (t) => {
  const folder = temporaryFolder(t);
  const id = await train(folder, 2);
  await train(folder, 4, id);
  const { run, earlier, events } = recordOf(folder, id);
  assert.equal(run.experiment.train.epochs, 4);
  assert.deepEqual(
    earlier.map(({ untilStep, experiment }) => [untilStep, experiment.train.epochs]),
    [[8, 2]],
  );
  const said = events.filter(({ kind }) => kind === "experiment").map(({ message }) => message);
  assert.deepEqual(said, [
    "from step 9 on: train.epochs 2 -> 4; the learning rate goes from 0.0000381 to 0.000500, as the schedule cosine counts all epochs",
  ]);
  await train(folder, 4, id); // nothing is left to do, and nothing changes
  assert.equal(recordOf(folder, id).earlier.length, 1);
});

test("a damaged newest checkpoint: the older one is taken, and the run equals the one that was never damaged", async (t) => {
  const folder = temporaryFolder(t);
  const id = await train(folder, 3);
  const before = recordOf(folder, id);
  const files = checkpointFiles(checkpointFolder(folder, id));
  const bytes = readFileSync(files[1]!);
  bytes[bytes.length - 5]! ^= 4;
  writeFileSync(files[1]!, bytes);
  await train(folder, 3, id);
  const after = recordOf(folder, id);
  assert.deepEqual([after.steps, after.losses], [before.steps, before.losses]);
  const said = after.events.filter(({ kind }) => kind === "resume").map(({ message }) => message);
  assert.match(said[0]!, /its checksum differs/);
  assert.equal(said[1], "resumed at step 8");
});

test("without a checkpoint: refused with everything kept, unless it is asked for", async (t) => {
  const folder = temporaryFolder(t);
  const id = await train(folder, 2);
  const before = recordOf(folder, id);
  rmSync(checkpointFolder(folder, id), { recursive: true });
  await assert.rejects(train(folder, 3, id), { name: "UserError", message: /--from-scratch/ });
  assert.deepEqual(recordOf(folder, id), before);
  await train(folder, 3, id, "always");
  const { run, steps, earlier } = recordOf(folder, id);
  assert.deepEqual([run.status, steps.length, earlier], ["FINISHED", 12, []]);
});

test("a checkpoint of 0.1.0, whose Adam kept sums instead of means, goes on as if it had kept means", async (t) => {
  const [folder, earlier] = [temporaryFolder(t), temporaryFolder(t)];
  const id = await train(folder, 1);
  await train(folder, 2, id);
  const expected = recordOf(folder, id).losses;

  const before = await train(earlier, 1);
  const [file] = checkpointFiles(checkpointFolder(earlier, before));
  const { state, step, epoch } = readCheckpoint(file!);
  const old = Object.entries(state).map(([name, { shape, data }]) => {
    const scale = name.startsWith("adam/mean/")
      ? 1 - 0.9
      : name.startsWith("adam/square_mean/")
        ? 1 - 0.999
        : 1;
    return [name.replace("mean/", "sum/"), { shape, data: data.map((number) => number / scale) }];
  });
  assert.ok(old.some(([name]) => (name as string).startsWith("adam/square_sum/")));
  writeCheckpoint(path.dirname(file!), { step, epoch, state: Object.fromEntries(old) }, 1);
  await train(earlier, 2, before);
  assertAllClose(recordOf(earlier, before).losses, expected, { relative: 1e-5 });
});
