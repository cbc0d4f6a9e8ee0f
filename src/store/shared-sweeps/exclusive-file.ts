// Files that many hosts create, and of which only the first counts. A file is written whole under a name of its own and then
// linked: whoever sees its name sees all of it, and the server decides who was first.

import { randomUUID } from "node:crypto";
import {
  closeSync,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { messageOf, UserError } from "../../errors.ts";
import { temporaryName } from "../../whole-file.ts";

/**
 * Creates `file` with this text unless it is there; whether it did. Throws UserError where the file system has no hard
 * links.
 */
export function createExclusively(file: string, text: string): boolean {
  const temporary = writeTemporary(file, text);
  try {
    return linkExclusively(temporary, file);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** A second name for a file that is there, unless the name is taken; whether it did. */
export function linkExclusively(existing: string, file: string): boolean {
  const before = linkCount(existing);
  try {
    linkSync(existing, file);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // An NFS client that asks again after a lost answer is told of its own link.
    if (code === "EEXIST") return linkCount(existing) > before;
    if (code !== "EPERM" && code !== "ENOTSUP" && code !== "ENOSYS" && code !== "EMLINK") throw error;
    throw new UserError(
      `${path.dirname(file)}: agents of several hosts need a file system with hard links: ${messageOf(error)}`,
      { cause: error },
    );
  }
}

/** Beside `file`, on the disk before anybody can see it under its own name. */
export function writeTemporary(file: string, text: string): string {
  // Hosts may share a name: a number of a process alone would not keep them apart.
  const temporary = temporaryName(`${file}.${randomUUID()}`);
  const opened = openSync(temporary, "wx");
  try {
    writeFileSync(opened, text);
    fsyncSync(opened);
  } finally {
    closeSync(opened);
  }
  return temporary;
}

/** null where there is none, or where it is not the JSON of an object: torn by a power cut, or somebody else's. */
export function readObject(file: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(readFileSync(file, "utf8"));
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (error instanceof SyntaxError || code === "ENOENT" || code === "EISDIR" || code === "ESTALE")
      return null;
    throw error;
  }
}

/** Through open(), which makes an NFS client ask the server. */
function linkCount(file: string): number {
  const opened = openSync(file, "r");
  try {
    return fstatSync(opened).nlink;
  } finally {
    closeSync(opened);
  }
}
