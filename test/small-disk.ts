// A disk that is really full, where one may be mounted.

import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TestContext } from "node:test";

const ballast = (disk: string) => path.join(disk, "ballast");

/** A disk of 16 MB; null where none may be mounted. */
export function smallDisk(test: TestContext): string | null {
  const folder = mkdtempSync(path.join(tmpdir(), "hueristic-disk-"));
  let isMounted = false;
  test.after(() => {
    if (isMounted) execFileSync("umount", ["-l", folder]);
    rmSync(folder, { recursive: true });
  });
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=16m", "tmpfs", folder], { stdio: "ignore" });
    isMounted = true;
  } catch {
    return null;
  }
  return folder;
}

/** Leaves so many bytes of it. */
export function fillDisk(disk: string, left: number): void {
  emptyDisk(disk);
  const { bavail, bsize } = statfsSync(disk);
  const file = openSync(ballast(disk), "w");
  try {
    writeSync(file, Buffer.alloc(Math.max(0, bavail * bsize - left)));
  } finally {
    closeSync(file);
  }
}

export function emptyDisk(disk: string): void {
  rmSync(ballast(disk), { force: true });
}
