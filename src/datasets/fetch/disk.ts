// What the disk may refuse, in words that say what to do, and whether there is room before a long download.

import { messageOf, UserError } from "../../errors.ts";
import { formatBytes } from "../../format-bytes.ts";

const advice: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full; free some space, then run the same command to go on",
  EDQUOT: "the disk is full; free some space, then run the same command to go on",
  EACCES: "cannot be written; change its permissions or name another folder with --root",
  EPERM: "cannot be written; change its permissions or name another folder with --root",
  EROFS: "cannot be written; change its permissions or name another folder with --root",
  ENOTDIR: "something else is in the way; move it or name another folder with --root",
  EEXIST: "something else is in the way; move it or name another folder with --root",
  EISDIR: "something else is in the way; move it or name another folder with --root",
  EFBIG: "too large for this file system; name a folder on another disk with --root",
};

/** `thrown` as a UserError where the user can mend it, otherwise `thrown` itself. */
export function diskError(thrown: unknown, path: string): unknown {
  const text = advice[(thrown as NodeJS.ErrnoException | null)?.code ?? ""];
  if (text === undefined || thrown instanceof UserError) return thrown;
  return new UserError(`${path}: ${text} (${messageOf(thrown)})`, { cause: thrown });
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
