import assert from "node:assert/strict";
import { existsSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { type CacheIndex, createCache, sweepLeftovers } from "../../../src/datasets/cache/cache.ts";
import { withLock } from "../../../src/datasets/cache/lock.ts";
import { newProcessToken } from "../../../src/process-identity.ts";
import { temporaryFolder } from "../pictures.ts";

/** Of this machine. */
function tokenOf(pid: number, started = "-"): string {
  const [host, , id, boot, namespace] = newProcessToken().split(" ");
  return [host, pid, id, boot, namespace, started].join(" ");
}

test("one at a time, within a process too", async (t) => {
  const path = join(temporaryFolder(t), "a.lock");
  let inside = 0;
  let most = 0;
  let waited = 0;
  const work = async () => {
    most = Math.max(most, ++inside);
    await wait(20);
    inside--;
  };
  await Promise.all([1, 2, 3, 4].map(() => withLock(path, { onWait: () => waited++ }, work)));
  assert.deepEqual([most, waited > 0, existsSync(path)], [1, true, false]);
});

test("the lock of a dead, a silent or a former process with the same number is taken over", async (t) => {
  const folder = temporaryFolder(t);
  const holders: Record<string, unknown> = {
    dead: { pid: 2 ** 22 + 1, process: tokenOf(2 ** 22 + 1), id: "x" },
    reborn: { pid: process.pid, process: tokenOf(process.pid, "1"), id: "x" },
    silent: { pid: 1, process: "another-host 1 x - - -", id: "x" },
    empty: "",
  };
  for (const [name, holder] of Object.entries(holders)) {
    const path = join(folder, name);
    writeFileSync(path, holder === "" ? "" : JSON.stringify(holder));
    const longAgo = new Date(Date.now() - 60_000);
    if (name === "silent" || name === "empty") utimesSync(path, longAgo, longAgo);
    assert.equal(await withLock(path, {}, async () => 7), 7, name);
  }
  assert.deepEqual(readdirSync(folder), []);
});

test("a lock that is alive is waited for until the signal, with whose reason it ends", async (t) => {
  const path = join(temporaryFolder(t), "a.lock");
  writeFileSync(path, JSON.stringify({ pid: 1, process: "another-host 1 x - - -", id: "x" }));
  const seen: (number | null)[] = [];
  const signal = AbortSignal.timeout(150);
  const options = { signal, onWait: (pid: number | null) => seen.push(pid) };
  await assert.rejects(
    withLock(path, options, async () => {}),
    (thrown) => thrown === signal.reason,
  );
  assert.deepEqual(seen, [1]);
  assert.ok(existsSync(path));
});

test("the lock is given back when the work throws", async (t) => {
  const path = join(temporaryFolder(t), "a.lock");
  await assert.rejects(
    withLock(path, {}, async () => {
      throw new Error("no");
    }),
    /no/,
  );
  assert.ok(!existsSync(path));
});

test("a process that stood still until another one took its lock and swept publishes nothing, and says why", async (t) => {
  const folder = temporaryFolder(t);
  const writer = await createCache(folder, "abc", 0);
  await writer.append([Buffer.alloc(12)]);
  await sweepLeftovers(folder, "abc");
  await assert.rejects(writer.publish({} as CacheIndex), {
    name: "UserError",
    message: /stood still .*try again$/,
  });
  await writer.discard();
  assert.deepEqual(readdirSync(folder), []);
});
