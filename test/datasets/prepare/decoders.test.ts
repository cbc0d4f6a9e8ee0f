import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import sharp from "sharp";
import { decodeFile } from "../../../src/datasets/prepare/decode.ts";
import { openDecoders } from "../../../src/datasets/prepare/decoders.ts";
import { temporaryFolder, writePictures } from "../pictures.ts";

const many = 100 * Math.max(2, availableParallelism());
const needsProcesses = availableParallelism() < 2 ? "one core: files are decoded in this process" : false;
const needsProc = existsSync("/proc/self/task") ? needsProcesses : "no /proc to find child processes in";

function pictureName(index: number): string {
  return `${String(index).padStart(3, "0")}.png`;
}

/** Processes that this one started to decode. */
function children(): number[] {
  // A thread may end while its file is read.
  const command = `cat /proc/${process.pid}/task/*/children 2>/dev/null || true`;
  const listed = execFileSync("sh", ["-c", command], { encoding: "utf8" });
  const isDecoder = (pid: number) => {
    try {
      return execFileSync("cat", [`/proc/${pid}/cmdline`], { encoding: "utf8" }).includes("decode-process");
    } catch {
      return false;
    }
  };
  return listed.trim().split(/\s+/).map(Number).filter(isDecoder);
}

test("processes of their own give what one process gives, big pictures included", {
  skip: needsProcesses,
}, async (t) => {
  const folder = temporaryFolder(t);
  await writePictures(folder, 12);
  const big = join(folder, "big.png");
  const wide = { width: 6000, height: 4200, channels: 3, background: "teal" } as const;
  await sharp({ create: wide }).png().toFile(big);
  const paths = [...Array.from({ length: 12 }, (_, index) => join(folder, pictureName(index))), big];
  const decoders = openDecoders(many, 24);
  t.after(() => decoders.close());
  assert.ok(decoders.places >= 2);
  for (const [index, path] of [...paths, join(folder, "absent.jpg")].entries()) {
    const decoded = await decoders.decode(path, index % decoders.places);
    assert.deepEqual(decoded, await decodeFile(path, 24), path);
  }
});

test("a decoding process that is killed is started again, and once only for the same file", {
  skip: needsProc,
}, async (t) => {
  const folder = temporaryFolder(t);
  await writePictures(folder, 1);
  const path = join(folder, pictureName(0));
  const decoders = openDecoders(many, 24);
  t.after(() => decoders.close());

  const first = decoders.decode(path, 0);
  process.kill(children()[0]!, "SIGKILL");
  assert.ok("pixels" in (await first));

  let done = false;
  process.kill(children()[0]!, "SIGKILL");
  const second = decoders.decode(path, 0).finally(() => {
    done = true;
  });
  while (!done) {
    for (const pid of children()) process.kill(pid, "SIGKILL");
    await wait(5);
  }
  assert.deepEqual(await second, { reason: "ended the decoding process with SIGKILL" });
});
