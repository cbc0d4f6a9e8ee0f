import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { UserError } from "../src/errors.ts";
import { makeWhole, temporaryName, writeWhole } from "../src/whole-file.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { typescript } from "./typescript.ts";

test("what a killed process left is removed by the next one, what a living one writes is not", async (context) => {
  const folder = temporaryFolder(context);
  const module = fileURLToPath(new URL("../src/whole-file.ts", import.meta.url));
  const program = `
    import { writeFileSync } from "node:fs";
    import { makeWhole } from ${JSON.stringify(module)};
    await makeWhole(${JSON.stringify(path.join(folder, "killed"))}, async (temporary) => {
      writeFileSync(temporary, "half");
      process.kill(process.pid, "SIGKILL");
    });`;
  const child = spawn(process.execPath, [...typescript, "--input-type=module", "-e", program], {
    stdio: "inherit",
  });
  await once(child, "exit");
  const [left] = readdirSync(folder);
  assert.match(left!, new RegExp(`^\\.killed\\.[0-9a-f]{8}\\.${child.pid}\\.tmp$`));
  const living = temporaryName(path.join(folder, "living")).replace(`${process.pid}`, `${process.ppid}`);
  writeFileSync(living, "half");
  await writeWhole(path.join(folder, "whole"), [Buffer.from("a"), Buffer.from("b")]);
  assert.deepEqual(readdirSync(folder).sort(), [path.basename(living), "whole"]);
  assert.equal(readFileSync(path.join(folder, "whole"), "utf8"), "ab");
});

test("what was there stays where writing fails", async (context) => {
  const file = path.join(temporaryFolder(context), "kept");
  await writeWhole(file, Buffer.from("old"));
  const failing = makeWhole(file, async (temporary) => {
    writeFileSync(temporary, "new");
    throw new Error("a bug");
  });
  await assert.rejects(failing, /^Error: a bug$/);
  assert.equal(readFileSync(file, "utf8"), "old");
  assert.ok(!existsSync(temporaryName(file)));
  await assert.rejects(writeWhole(path.join(file, "below"), Buffer.from("")), (error) => {
    assert.ok(error instanceof UserError);
    assert.match(error.message, /kept\/below: cannot be written: /);
    return true;
  });
});
