// A file that is whole or not there: written under a temporary name beside its own and renamed. What a process that died
// left of it is removed by the next one that writes into the folder.

import { createHash } from "node:crypto";
import { closeSync, fsyncSync, openSync, renameSync, rmSync } from "node:fs";
import { mkdir, open, rename, rm } from "node:fs/promises";
import path from "node:path";
import { messageOf, UserError } from "./errors.ts";
import { namesIfReadable } from "./folder-names.ts";
import { machineOfProcesses, noProcessHas } from "./process-identity.ts";

/** Throws UserError where it cannot be written. */
export async function writeWhole(file: string, pieces: Uint8Array | Iterable<Uint8Array>): Promise<void> {
  await makeWhole(file, async (temporary) => {
    const opened = await open(temporary, "w");
    try {
      for (const piece of pieces instanceof Uint8Array ? [pieces] : pieces) await opened.writeFile(piece);
    } finally {
      await opened.close();
    }
  });
}

/**
 * `write` gets the temporary name, in a folder that is there; what it throws leaves nothing behind. Throws UserError where
 * the file cannot be written.
 */
export async function makeWhole<T>(file: string, write: (temporary: string) => Promise<T>): Promise<T> {
  const temporary = temporaryName(file);
  try {
    await mkdir(path.dirname(file), { recursive: true });
    removeLeftovers(path.dirname(file));
    const result = await write(temporary);
    await rename(temporary, file);
    return result;
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw new UserError(`${file}: cannot be written: ${messageOf(error)}`, { cause: error });
  }
}

/**
 * The same at once, and on the disk before anybody can see it: a power cut leaves the file before or this one. `write` gets the
 * descriptor of the temporary file, in a folder that is there. Throws the system's errors.
 */
export function makeWholeSync(file: string, write: (opened: number) => void): void {
  const temporary = temporaryName(file);
  try {
    const opened = openSync(temporary, "w");
    try {
      write(opened);
      fsyncSync(opened);
    } finally {
      closeSync(opened);
    }
    renameSync(temporary, file);
  } catch (thrown) {
    rmSync(temporary, { force: true });
    throw thrown;
  }
  syncFolder(path.dirname(file));
}

/** Some file systems have no such thing. */
function syncFolder(folder: string): void {
  const opened = openSync(folder, "r");
  try {
    fsyncSync(opened);
  } catch (thrown) {
    if (!["EINVAL", "ENOTSUP", "EPERM", "EISDIR"].includes((thrown as NodeJS.ErrnoException).code ?? ""))
      throw thrown;
  } finally {
    closeSync(opened);
  }
}

/** `.<name>.<machine>.<process>.tmp`, in the folder of the file. */
export function temporaryName(file: string): string {
  return path.join(path.dirname(file), `.${path.basename(file)}.${machine()}.${process.pid}.tmp`);
}

const looked = new Set<string>();

/** Removes what processes of this machine that are gone left in a folder. Looks once. */
export function removeLeftovers(folder: string): void {
  const whole = path.resolve(folder);
  if (looked.has(whole)) return;
  looked.add(whole);
  for (const name of namesIfReadable(whole)) {
    const [, where, pid] = /^\..+\.([0-9a-f]{8})\.(\d+)\.tmp$/.exec(name) ?? [];
    if (where === machine() && noProcessHas(Number(pid)))
      try {
        rmSync(path.join(whole, name), { force: true });
      } catch {
        // Another user's, in a folder that all share.
      }
  }
}

let ownMachine: string | null = null;

/** Short enough for a name: only within it do the numbers of processes say who lives. */
function machine(): string {
  ownMachine ??= createHash("sha256").update(machineOfProcesses()).digest("hex").slice(0, 8);
  return ownMachine;
}
