// What the disk may refuse, in words that say what to do, and whether there is room before a long download.

import { mkdir, stat, statfs } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { messageOf, UserError } from "../../errors.ts";
import { formatBytes } from "../../runs/format/sizes.ts";

/** `thrown` as a UserError where the user can mend it, otherwise `thrown` itself. */
export function diskError(thrown: unknown, path: string): unknown {
  const code = (thrown as NodeJS.ErrnoException | null)?.code ?? "";
  const advice = adviceFor(code);
  if (advice === null || thrown instanceof UserError) return thrown;
  return new UserError(`${path}: ${advice} (${messageOf(thrown)})`, { cause: thrown });
}

function adviceFor(code: string): string | null {
  if (/^(ENOSPC|EDQUOT)$/.test(code))
    return "the disk is full; free some space, then run the same command to go on";
  if (/^(EACCES|EPERM|EROFS|ENOENT)$/.test(code))
    return "cannot be written; change its permissions or name another folder with --root";
  if (/^(ENOTDIR|EEXIST|EISDIR)$/.test(code))
    return "something else is in the way; move it or name another folder with --root";
  if (code === "EFBIG") return "too large for this file system; name a folder on another disk with --root";
  if (code === "EIO") return "the disk reports an error; check its health";
  return null;
}

/** Creates the folder, if need be. Not `recursive`, with which Node 20 never comes back from a folder in /proc. */
export async function makeFolder(folder: string): Promise<void> {
  try {
    const found = await stat(folder).catch(() => null);
    if (found?.isDirectory()) return;
    const parent = dirname(resolve(folder));
    if (found === null && parent !== resolve(folder)) await makeFolder(parent);
    await mkdir(folder).catch(async (error) => {
      // Made by another process in between.
      if (!(await stat(folder).catch(() => null))?.isDirectory()) throw error;
    });
  } catch (error) {
    throw diskError(error, folder);
  }
}

export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** Throws UserError unless `folder` has room for both; `free` is what it has. */
export function requireRoom(folder: string, toDownload: number, toExtract: number, free: number): void {
  if (toDownload + toExtract <= free) return;
  const parts = [
    ...(toDownload > 0 ? [`${formatBytes(toDownload)} to download`] : []),
    ...(toExtract > 0 ? [`up to ${formatBytes(toExtract)} extracted`] : []),
  ];
  throw new UserError(
    `${folder}: expected ${formatBytes(toDownload + toExtract)} free (${parts.join(", ")}), got ${formatBytes(free)}; free some space or name a folder on another disk with --root`,
  );
}
