import assert from "node:assert/strict";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { newProcessToken } from "../src/process-identity.ts";
import { keepFolder, makeScratchFolder } from "../src/scratch-folder.ts";
import { temporaryFolder } from "./temporary-folder.ts";

test("what a killed process left is removed by the next one; what is kept, or of a living process, stays", (context) => {
  const parent = temporaryFolder(context);
  const own = newProcessToken();
  const [host, , id, ...machine] = own.split(" ");
  const folderOf = (name: string, owner: string) => {
    mkdirSync(path.join(parent, name));
    writeFileSync(path.join(parent, name, "owner"), owner);
  };
  const dead = [host, 2 ** 22 + 1, id, ...machine].join(" ");
  folderOf("hueristic-killed", dead);
  folderOf("hueristic-kept", dead);
  folderOf("hueristic-living", own);
  keepFolder(path.join(parent, "hueristic-kept"));
  const beginning = path.join(parent, "hueristic-");
  const first = makeScratchFolder(beginning);
  folderOf("hueristic-later", dead);
  const second = makeScratchFolder(beginning);
  const stays = ["hueristic-kept", "hueristic-living", path.basename(first), path.basename(second)];
  assert.deepEqual(readdirSync(parent).sort(), ["hueristic-later", ...stays].sort(), "looked through once");
});
