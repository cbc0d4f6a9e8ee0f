import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { typescript } from "../../typescript.ts";
import { folderConfig, prepare, temporaryFolder, writePictures } from "../pictures.ts";

const script = fileURLToPath(new URL("./prepare-child.ts", import.meta.url));

function start(root: string, cacheFolder: string): ChildProcess {
  return spawn(process.execPath, [...typescript, script, root, cacheFolder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

async function lastLine(child: ChildProcess): Promise<{ fromCache: boolean; fingerprint: string }> {
  let text = "";
  child.stdout!.on("data", (chunk) => {
    text += chunk;
  });
  const [code] = await once(child, "close");
  assert.equal(code, 0);
  return JSON.parse(text.trim().split("\n").at(-1)!);
}

test("processes that start at once prepare once", async (t) => {
  const root = temporaryFolder(t);
  const cacheFolder = temporaryFolder(t);
  await writePictures(root, 600);
  const results = await Promise.all([1, 2, 3].map(() => lastLine(start(root, cacheFolder))));
  assert.equal(results.filter(({ fromCache }) => !fromCache).length, 1);
  assert.equal(new Set(results.map(({ fingerprint }) => fingerprint)).size, 1);
  assert.equal(readdirSync(cacheFolder).length, 1);
});

test("a killed process leaves nothing that breaks the next one", async (t) => {
  const root = temporaryFolder(t);
  const cacheFolder = temporaryFolder(t);
  await writePictures(root, 600);
  const child = start(root, cacheFolder);
  await once(child.stdout!, "data");
  child.kill("SIGKILL");
  await once(child, "close");
  const left = readdirSync(cacheFolder);
  assert.ok(
    left.some((name) => name.endsWith(".lock")),
    `the kill came too late: ${left}`,
  );
  assert.ok(
    left.some((name) => name.includes(".tmp-")),
    `the kill came too late: ${left}`,
  );
  const waits: unknown[] = [];
  const next = await prepare(t, folderConfig(root), cacheFolder, {
    size: 32,
    onWait: (pid) => waits.push(pid),
  });
  assert.deepEqual([next.fromCache, waits, readdirSync(cacheFolder).length], [false, [], 1]);
  assert.ok(readdirSync(join(cacheFolder, readdirSync(cacheFolder)[0]!)).includes("index.json"));
});
