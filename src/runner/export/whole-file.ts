// A file that is whole or not there: written under a temporary name beside its own, looked at, and renamed.

import { existsSync, renameSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { messageOf, UserError } from "../../errors.ts";

/** Throws UserError where `file` cannot be written, or is there already and not to be replaced. */
export function requireWritable(file: string, replace: boolean): void {
  const folder = path.dirname(path.resolve(file));
  if (!existsSync(folder)) throw new UserError(`${file}: expected a folder ${folder}, which is not there`);
  if (!existsSync(file)) return;
  if (statSync(file).isDirectory()) throw new UserError(`${file}: expected a file, got a folder`);
  if (!replace) throw new UserError(`${file}: is there already; --force replaces it`);
}

/** `write` gets the temporary name; what it throws leaves nothing behind. */
export async function writeWhole<T>(file: string, write: (temporary: string) => Promise<T>): Promise<T> {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    const result = await write(temporary);
    renameSync(temporary, file);
    return result;
  } catch (error) {
    rmSync(temporary, { force: true });
    const { code } = error as NodeJS.ErrnoException;
    if (!["ENOSPC", "EDQUOT", "EACCES", "EROFS", "EPERM", "ENOTDIR"].includes(code ?? "")) throw error;
    throw new UserError(`${file}: cannot be written: ${messageOf(error)}`, { cause: error });
  }
}
