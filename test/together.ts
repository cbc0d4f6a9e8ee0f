// Runs test files one after the other in this process (run-files.ts): each is loaded when the one before is through, as if it
// were alone. A test by the name of `endOfFile` follows each; its diagnostic says in JSON what the file took.

import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { processorSeconds } from "./processor-time.js";

export const endOfFile = "end of the file";

/** Paths are absolute. The first one's times count the start of the process as well. */
export async function runTogether(files: readonly string[]): Promise<void> {
  let before = { ms: 0, processor: 0 };
  for (const file of files) {
    try {
      await import(pathToFileURL(file).href);
    } catch (error) {
      void test("is loaded", () => {
        throw error;
      });
    }
    await test(endOfFile, (context) => {
      const now = { ms: performance.now(), processor: processorSeconds() };
      context.diagnostic(
        JSON.stringify({ ms: now.ms - before.ms, processor: now.processor - before.processor }),
      );
      before = now;
    });
  }
}
