// Checkpoints: the state record and where training stood, as one safetensors file each. A file is written under a
// temporary name and renamed, so that a checkpoint is whole or not there.

import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { messageOf, UserError } from "../errors.ts";
import { namesIfThere } from "../folder-names.ts";
import type { State } from "../training-step.ts";
import { makeWholeSync, removeLeftovers } from "../whole-file.ts";
import { readTensors, writeTensors } from "./safetensors.ts";

export type Checkpoint = { readonly step: number; readonly epoch: number; readonly state: State };

const namePattern = /^step-(\d+)\.safetensors$/;

export function checkpointFolder(runsFolder: string, runId: string): string {
  return path.join(runsFolder, runId, "checkpoints");
}

/** Writes a checkpoint, removes those older than the newest `keep`, and returns its path. */
export function writeCheckpoint(folder: string, { step, epoch, state }: Checkpoint, keep: number): string {
  const target = path.join(folder, `step-${String(step).padStart(8, "0")}.safetensors`);
  const metadata = { format: "hueristic 1", step: String(step), epoch: String(epoch) };
  try {
    mkdirSync(folder, { recursive: true });
    removeLeftovers(folder);
    makeWholeSync(target, (file) => writeTensors(file, { tensors: state, metadata }));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== "ENOSPC" && code !== "EDQUOT" && code !== "EACCES" && code !== "EROFS") throw error;
    throw new UserError(
      `${target}: cannot write the checkpoint: ${messageOf(error)}; free space or choose another --runs folder, then resume the run`,
      { cause: error },
    );
  }
  for (const old of checkpointFiles(folder).slice(0, -keep)) rmSync(old, { force: true });
  return target;
}

/** Paths of all checkpoints, oldest first. */
export function checkpointFiles(folder: string): string[] {
  return namesIfThere(folder)
    .filter((name) => namePattern.test(name))
    .sort()
    .map((name) => path.join(folder, name));
}

/** Throws UserError when the file is damaged, cannot be read, or is no checkpoint of the step that its name says. */
export function readCheckpoint(file: string): Checkpoint {
  const { tensors, metadata } = readable(file);
  const [step, epoch] = [Number(metadata.step), Number(metadata.epoch)];
  if (!Number.isInteger(step) || !Number.isInteger(epoch)) {
    throw new UserError(
      `${file}: a safetensors file, but not a checkpoint: its metadata has no step and epoch`,
    );
  }
  const [, named] = namePattern.exec(path.basename(file)) ?? [];
  if (step < 0 || epoch < 0 || (named !== undefined && Number(named) !== step))
    throw new UserError(
      `${file}: its metadata says step ${step}, epoch ${epoch}: it is no checkpoint of this name`,
    );
  return { step, epoch, state: tensors };
}

/** Such as a folder of that name, or a link to nothing. */
function readable(file: string): ReturnType<typeof readTensors> {
  try {
    return readTensors(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw new UserError(`${file}: cannot be read: ${messageOf(error)}`, { cause: error });
  }
}
