import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { TestContext } from "node:test";

/** A folder that is gone when the test ends. */
export function temporaryFolder(context: TestContext): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), "hueristic-test-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
