import assert from "node:assert/strict";
import { readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { newProcessToken } from "../src/process-identity.ts";
import { keepFolder, makeScratchFolder } from "../src/scratch-folder.ts";
import { temporaryFolder } from "./temporary-folder.ts";

test("what a killed process left is removed by the next one; what is kept, or of a living process, stays", (context) => {
  const parent = temporaryFolder(context);
  const make = () => makeScratchFolder(path.join(parent, "hueristic-"));
  const [killed, kept, living] = [make(), make(), make()];
  const [host, , id, ...machine] = newProcessToken().split(" ");
  for (const folder of [killed, kept])
    writeFileSync(path.join(folder, "owner"), [host, 2 ** 22 + 1, id, ...machine].join(" "));
  keepFolder(kept);
  const next = make();
  assert.deepEqual(
    readdirSync(parent).sort(),
    [kept, living, next].map((folder) => path.basename(folder)).sort(),
  );
});
