import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import { test } from "node:test";
import { writeStreamed } from "../src/write-streamed.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const failing = () =>
  new Readable({
    read() {
      this.destroy(new Error("it ends too early"));
    },
  });

test("a stream that fails at once makes no file later", async (t) => {
  const folder = path.join(temporaryFolder(t), "target");
  for (let round = 0; round < 20; round++) {
    mkdirSync(folder);
    const file = path.join(folder, "a.jpg");
    await assert.rejects(writeStreamed(file, [failing()], { flags: "wx" }), /too early/);
    const left = readdirSync(folder);
    await new Promise((resolve) => setTimeout(resolve, 2));
    assert.deepEqual(readdirSync(folder), left);
    rmSync(folder, { recursive: true });
  }
  assert.ok(!existsSync(folder));
});

test("what is there is refused, and stays; an abort ends it", async (t) => {
  const file = path.join(temporaryFolder(t), "a.jpg");
  writeFileSync(file, "before");
  const write = (flags: "w" | "wx") => writeStreamed(file, [Readable.from([Buffer.from("now")])], { flags });
  await assert.rejects(write("wx"), { code: "EEXIST" });
  assert.equal(readFileSync(file, "utf8"), "before");
  const signal = AbortSignal.abort();
  const aborted = writeStreamed(`${file}-2`, [Readable.from(["now"])], { flags: "wx", signal });
  await assert.rejects(aborted, { name: "AbortError" });
  await write("w");
  assert.equal(readFileSync(file, "utf8"), "now");
});
