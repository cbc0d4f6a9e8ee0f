// Folders for what is under way, such as a copy that is looked into: removed with their process, or after it by the next one that
// makes one there, unless they hold what is worth keeping.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { namesIfReadable } from "./folder-names.ts";
import { newProcessToken, processIsGone } from "./process-identity.ts";

/** Names the process that may remove the folder; where there is none it stays. */
const ownerFile = (folder: string) => join(folder, "owner");

/** A folder for temporary files may be full of others': this process looks through it once. */
const lookedAt = new Set<string>();

/** `beginning` is the path of the folder but for its last characters. Throws the system's errors. */
export function makeScratchFolder(beginning = join(tmpdir(), "hueristic-")): string {
  if (!lookedAt.has(beginning)) removeLeft(beginning);
  lookedAt.add(beginning);
  const folder = mkdtempSync(beginning);
  try {
    writeFileSync(ownerFile(folder), newProcessToken());
  } catch (thrown) {
    rmSync(folder, { recursive: true, force: true });
    throw thrown;
  }
  return folder;
}

/** From now on the folder outlives its process. */
export function keepFolder(folder: string): void {
  rmSync(ownerFile(folder), { force: true });
}

/** Removes what processes of this machine that were killed have left. */
function removeLeft(beginning: string): void {
  const parent = dirname(beginning);
  for (const name of namesIfReadable(parent)) {
    if (!name.startsWith(basename(beginning))) continue;
    const folder = join(parent, name);
    try {
      if (processIsGone(readFileSync(ownerFile(folder), "utf8")))
        rmSync(folder, { recursive: true, force: true });
    } catch {
      // Kept, or another user's.
    }
  }
}
