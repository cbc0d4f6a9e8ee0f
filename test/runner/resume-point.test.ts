// Which checkpoint a run goes on from, when the newest is not to be trusted.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { UserError } from "../../src/errors.ts";
import { checkpointFiles, writeCheckpoint } from "../../src/runner/checkpoints.ts";
import { readResumePoint } from "../../src/runner/resume-point.ts";
import { temporaryFolder } from "../temporary-folder.ts";

function withCheckpoints(folder: string, steps: readonly number[]): void {
  for (const step of steps) {
    const state = { weight: { shape: [4], data: Float32Array.of(step, 1, 2, 3) } };
    writeCheckpoint(folder, { step, epoch: step / 10, state }, steps.length);
  }
}

function flipLastBit(file: string): void {
  const bytes = readFileSync(file);
  bytes[bytes.length - 1]! ^= 1;
  writeFileSync(file, bytes);
}

test("the newest that is whole", (t) => {
  const folder = temporaryFolder(t);
  assert.equal(readResumePoint(folder, 30), null);
  withCheckpoints(folder, [10, 20, 30]);
  const { checkpoint, notes } = readResumePoint(folder, 30)!;
  assert.deepEqual([checkpoint.step, notes], [30, []]);
});

test("a damaged one is named and passed over; where none is left, nothing is begun", (t) => {
  const folder = temporaryFolder(t);
  withCheckpoints(folder, [10, 20]);
  const [older, newest] = checkpointFiles(folder) as [string, string];
  flipLastBit(newest);
  const { checkpoint, notes } = readResumePoint(folder, 20)!;
  assert.equal(checkpoint.step, 10);
  assert.deepEqual(notes, [
    `${newest}: not a whole safetensors file: its checksum differs: it was damaged after it was written`,
  ]);
  flipLastBit(older);
  assert.throws(() => readResumePoint(folder, 20), UserError);
});

test("one that is ahead of the store would leave a gap: an older one is taken", (t) => {
  const folder = temporaryFolder(t);
  withCheckpoints(folder, [10, 20]);
  const { checkpoint, notes } = readResumePoint(folder, 18)!;
  assert.equal(checkpoint.step, 10);
  assert.match(notes.join(), /is of step 20, but the store has values up to step 18 only$/);
  assert.throws(() => readResumePoint(folder, 5), UserError);
});
