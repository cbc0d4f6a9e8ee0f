// Whether the writer of a run still lives, told apart from other processes of the same number or the same host name.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import os from "node:os";
import { test } from "node:test";
import { newProcessToken, processIsGone } from "../src/process-identity.ts";

const isLinux = os.platform() === "linux";
const linuxOnly = isLinux ? {} : { skip: `${os.platform()} has no /proc` };

/** A token with some of its parts replaced: host, pid, id, boot, namespace, start. */
function changed(token: string, parts: Readonly<Record<number, string>>): string {
  return token
    .split(" ")
    .map((part, place) => parts[place] ?? part)
    .join(" ");
}

function pidOfEnded(): string {
  return String(spawnSync(process.execPath, ["-e", ""]).pid);
}

test("a process that lives is not gone, one that has ended is", () => {
  const token = newProcessToken();
  assert.equal(processIsGone(token), false);
  assert.equal(processIsGone(changed(token, { 1: pidOfEnded() })), true);
  assert.equal(processIsGone(null), false);
});

test("a number that came back belongs to another process", linuxOnly, () => {
  assert.equal(processIsGone(changed(newProcessToken(), { 5: "1" })), true);
});

test("a process of another machine, boot or container cannot be seen from here", linuxOnly, () => {
  const ended = { 1: pidOfEnded() };
  for (const place of [0, 3, 4])
    assert.equal(
      processIsGone(changed(newProcessToken(), { ...ended, [place]: "other" })),
      false,
      `${place}`,
    );
});

test("a process that its parent has not looked at yet is gone", linuxOnly, async () => {
  // The shell starts a child, tells its number and becomes a program that never waits for it.
  const parent = spawn("sh", ["-c", "sleep 0.1 & echo $!; exec sleep 60"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const pid = String(await new Promise((resolve) => parent.stdout.once("data", resolve))).trim();
    const started = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ")[19]!;
    const token = changed(newProcessToken(), { 1: pid, 5: started });
    while (!processIsGone(token)) await new Promise((resolve) => setTimeout(resolve, 10));
    process.kill(Number(pid), 0); // still in the table of processes
  } finally {
    parent.kill();
  }
});
