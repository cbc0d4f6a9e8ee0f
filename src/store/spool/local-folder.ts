// The folder on a local disk in which a run logs: removed with its process, or after it by the next one, unless it holds what
// could not be published.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newProcessToken, processIsGone } from "../../process-identity.ts";

const beginning = "hueristic-spool-";

/** Names the process that may remove the folder; where there is none it stays. */
const ownerFile = (folder: string) => join(folder, "owner");

export function makeLocalFolder(): string {
  removeLeft();
  const folder = mkdtempSync(join(tmpdir(), beginning));
  writeFileSync(ownerFile(folder), newProcessToken());
  return folder;
}

/** From now on the folder outlives its process. */
export function keepFolder(folder: string): void {
  rmSync(ownerFile(folder), { force: true });
}

/** Removes what processes of this machine that were killed have left. */
function removeLeft(): void {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(beginning)) continue;
    const folder = join(tmpdir(), name);
    try {
      if (processIsGone(readFileSync(ownerFile(folder), "utf8")))
        rmSync(folder, { recursive: true, force: true });
    } catch {
      // Kept, or another user's.
    }
  }
}
