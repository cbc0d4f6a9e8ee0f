// The server beside a process that writes, and the command as a process.

import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { test } from "node:test";
import { callCli } from "../cli/call-cli.ts";
import { outcomeOf as cliOutcome, fillStore, startCli } from "../cli/run-cli.ts";
import { outcomeOf, startChild, temporaryFolder } from "../store/fixtures.ts";
import { servedStore } from "./fixtures.ts";

/** A commit that is held up waits for up to 10 s. */
const mostCommitMs = 3_000;

test("a writer at full speed is not held up by readers, and loses nothing", async (t) => {
  const { server, folder, store, errors } = await servedStore(t, () => {});
  const steps = 4_000;
  const child = startChild("../serve/child-write-fast.ts", [folder, `${steps}`]);
  const writing = outcomeOf(child);
  let isOver = false;
  void writing.then(() => {
    isOver = true;
  });
  let [pages, longestPage] = [0, 0];
  const read = async () => {
    for (; !isOver; pages++) {
      const began = performance.now();
      const target = pages % 2 === 0 ? "" : "report?run=latest";
      await (await fetch(`${server.url}${target}`)).text();
      longestPage = Math.max(longestPage, performance.now() - began);
    }
  };
  await Promise.all([read(), read(), read()]);
  const { lines, end } = await writing;
  assert.equal(end, 0);
  const [id, longest] = lines[0]!.split(" ");
  t.diagnostic(`${pages} pages, the slowest ${longestPage.toFixed(0)} ms; longest commit ${longest} ms`);
  assert.ok(pages > 3);
  assert.ok(Number(longest) < mostCommitMs, `a commit took ${longest} ms`);
  assert.deepEqual(
    [...store.series(id!, "train/fast")!.value],
    Array.from({ length: steps }, (_, index) => index + 1),
  );
  assert.deepEqual(errors, []);
});

const isWindows = process.platform === "win32";

test("Ctrl-C ends the command at once, with open streams", { skip: isWindows }, async (t) => {
  const cwd = temporaryFolder(t);
  fillStore(`${cwd}/runs`, ["FINISHED"]);
  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const) {
    const child = startCli(["serve", "--port", "0"], { cwd });
    const ended = cliOutcome(child);
    const url = await new Promise<string>((resolve) => child.stdout!.once("data", resolve));
    assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/\n$/);
    const stream = await fetch(`${url.trim()}events`);
    const began = performance.now();
    child.kill(signal);
    const { code: got, stderr } = await ended;
    assert.equal(got, code);
    assert.ok(performance.now() - began < 5_000);
    assert.equal(stderr, "showing the runs in runs; Ctrl-C ends it\n");
    await stream.text().catch(() => "");
  }
});

test("what cannot be served is one clear line", async (t) => {
  const cwd = mkdtempSync(`${temporaryFolder(t)}/`);
  const none = await callCli(["serve"], { cwd });
  assert.equal(none.code, 2);
  assert.match(none.stderr, /^error: runs: no runs here .*\n$/);
  const port = await callCli(["serve", "--port", "70000"], { cwd });
  assert.deepEqual(
    [port.code, port.stderr],
    [2, "error: --port: expected a whole number from 0 to 65535, got 70000\n"],
  );
});
