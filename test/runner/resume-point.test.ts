// Which checkpoint a run goes on from, when the newest is not to be trusted.

import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { UserError } from "../../src/errors.ts";
import { checkpointFiles, writeCheckpoint } from "../../src/runner/checkpoints.ts";
import { type FromScratch, readResumePoint } from "../../src/runner/resume-point.ts";
import type { State } from "../../src/training-step.ts";
import { temporaryFolder } from "../temporary-folder.ts";

function withCheckpoints(folder: string, steps: readonly number[]): void {
  for (const step of steps) {
    const state = { weight: { shape: [4], data: Float32Array.of(step, 1, 2, 3) } };
    writeCheckpoint(folder, { step, epoch: step / 10, state }, steps.length);
  }
}

function pointIn(folder: string, loggedStep: number, fromScratch: FromScratch = "never") {
  const lacks = ({ weight }: State) => (weight?.shape[0] === 4 ? null : "weight");
  const { checkpoint, notes } = readResumePoint({ runId: "abc", folder, loggedStep, fromScratch, lacks });
  return { step: checkpoint?.step ?? null, notes };
}

function flipLastBit(file: string): void {
  const bytes = readFileSync(file);
  bytes[bytes.length - 1]! ^= 1;
  writeFileSync(file, bytes);
}

test("the newest that is whole", (t) => {
  const folder = temporaryFolder(t);
  withCheckpoints(folder, [10, 20, 30]);
  assert.deepEqual(pointIn(folder, 30), { step: 30, notes: [] });
  assert.deepEqual(pointIn(folder, 30, "always"), { step: null, notes: [] });
});

test("without a checkpoint nothing that was logged is deleted unasked", (t) => {
  const folder = temporaryFolder(t);
  assert.throws(() => pointIn(folder, 30), {
    name: "UserError",
    message: `run abc: expected a checkpoint to go on from, has none in ${folder}; --from-scratch trains it anew and deletes the 30 steps that it has logged`,
  });
  assert.equal(pointIn(folder, 30, "if needed").step, null);
  assert.equal(pointIn(folder, 0).step, null); // nothing was trained
});

test("a damaged one is named and passed over; where none is left, nothing is begun", (t) => {
  const folder = temporaryFolder(t);
  withCheckpoints(folder, [10, 20]);
  const [older, newest] = checkpointFiles(folder) as [string, string];
  flipLastBit(newest);
  const why = "not a whole safetensors file: its checksum differs: it was damaged after it was written";
  assert.deepEqual(pointIn(folder, 20), { step: 10, notes: [`${newest}: ${why}`] });
  flipLastBit(older);
  assert.throws(() => pointIn(folder, 20), {
    name: "UserError",
    message: `run abc: expected a checkpoint to go on from, ${newest}: ${why}; ${older}: ${why}; --from-scratch trains it anew and deletes the 20 steps that it has logged`,
  });
});

test("what is a folder, a link to nothing, renamed, of no step or of another network is passed over", (t) => {
  const folder = temporaryFolder(t);
  withCheckpoints(folder, [10]);
  const [older] = checkpointFiles(folder) as [string];
  const newest = path.join(folder, "step-00000020.safetensors");
  const because = (why: RegExp) => {
    const { step, notes } = pointIn(folder, 20);
    assert.equal(step, 10);
    assert.match(notes.join(), why);
    rmSync(newest, { recursive: true });
  };
  mkdirSync(newest);
  because(/step-00000020\.safetensors: cannot be read: EISDIR/);
  symlinkSync("/nowhere/at/all", newest);
  because(/cannot be read: ENOENT/);
  copyFileSync(older, newest);
  because(/its metadata says step 10, epoch 1: it is no checkpoint of this name$/);
  const save = (target: string, step: number, shape: readonly number[]) =>
    writeCheckpoint(target, { step, epoch: 1, state: { weight: { shape, data: new Float32Array(4) } } }, 9);
  save(folder, 20, [2, 2]);
  because(/is of another network: it has no weight as this one needs it$/);
  copyFileSync(save(temporaryFolder(t), -5, [4]), newest);
  because(/its metadata says step -5/);
  const unchecked = readFileSync(older).toString("latin1");
  writeFileSync(
    newest,
    unchecked.replace('"sha256"', '"sha25x"').replace('"step":"10"', '"step":"20"'),
    "latin1",
  );
  because(/its metadata has sha25x, which no checkpoint has: it is damaged$/);
});

test("one that is ahead of the store would leave a gap: an older one is taken", (t) => {
  const folder = temporaryFolder(t);
  withCheckpoints(folder, [10, 20]);
  const { step, notes } = pointIn(folder, 18);
  assert.equal(step, 10);
  assert.match(notes.join(), /is of step 20, but the store has values up to step 18 only$/);
  assert.throws(() => pointIn(folder, 5), UserError);
});
