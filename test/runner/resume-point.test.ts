// Which checkpoint a run goes on from, when the newest is not to be trusted.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { UserError } from "../../src/errors.ts";
import { checkpointFiles, writeCheckpoint } from "../../src/runner/checkpoints.ts";
import { type FromScratch, readResumePoint } from "../../src/runner/resume-point.ts";
import { temporaryFolder } from "../temporary-folder.ts";

function withCheckpoints(folder: string, steps: readonly number[]): void {
  for (const step of steps) {
    const state = { weight: { shape: [4], data: Float32Array.of(step, 1, 2, 3) } };
    writeCheckpoint(folder, { step, epoch: step / 10, state }, steps.length);
  }
}

function pointIn(folder: string, loggedStep: number, fromScratch: FromScratch = "never") {
  const { checkpoint, notes } = readResumePoint({ runId: "abc", folder, loggedStep, fromScratch });
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

test("one that is ahead of the store would leave a gap: an older one is taken", (t) => {
  const folder = temporaryFolder(t);
  withCheckpoints(folder, [10, 20]);
  const { step, notes } = pointIn(folder, 18);
  assert.equal(step, 10);
  assert.match(notes.join(), /is of step 20, but the store has values up to step 18 only$/);
  assert.throws(() => pointIn(folder, 5), UserError);
});
