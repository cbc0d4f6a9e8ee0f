// What one may not read or write, as another user than root sees it: one clear line, never a stack or another reason.

import assert from "node:assert/strict";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { experimentToYaml } from "../../src/experiment/text/experiment-to-yaml.ts";
import { databasePath } from "../../src/store/open-database.ts";
import { openStore } from "../../src/store/open-store.ts";
import { experiment } from "../store/fixtures.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { callCli } from "./call-cli.ts";

const nobody = 65534;
const isRoot = process.geteuid?.() === 0;
// For root no permission is missing: another user stands in.
before(() => isRoot && process.seteuid!(nobody));
after(() => isRoot && process.seteuid!(0));

test("folders and databases that one may not read, or that are none", async (t) => {
  const cwd = temporaryFolder(t);
  const at = (name: string) => path.join(cwd, name);
  const hidden = at("hidden");
  openStore(hidden).close();
  openStore(at("closed")).close();
  mkdirSync(databasePath(at("odd")), { recursive: true });
  chmodSync(hidden, 0o000);
  chmodSync(databasePath(at("closed")), 0o000);
  const cases: [string[], RegExp][] = [
    [["list", "--runs", "hidden"], /^error: hidden\/runs\.db: no permission to read; .*EACCES/],
    [["data", "clean", "--runs", "hidden"], /^error: hidden\/runs\.db: no permission to read; /],
    [["list", "--runs", "closed"], /^error: closed\/runs\.db: no permission to read; /],
    [["list", "--runs", "odd"], /^error: odd\/runs\.db: is a folder, not a database; /],
    [["purge", "--runs", "odd"], /^error: odd\/runs\.db: is a folder, not a database; /],
  ];
  for (const [args, expected] of cases) {
    const { code, stderr } = await callCli(args, { cwd });
    assert.deepEqual([code, stderr.trimEnd().split("\n").length], [2, 1], `${args}: ${stderr}`);
    assert.match(stderr, expected);
  }
  chmodSync(hidden, 0o700); // so that it can be removed
});

test("a cache folder that one may not write in", async (t) => {
  const cwd = temporaryFolder(t);
  const cache = path.join(cwd, "runs/cache");
  mkdirSync(cache, { recursive: true });
  chmodSync(cache, 0o555);
  writeFileSync(path.join(cwd, "tiny.yaml"), experimentToYaml({ ...experiment, name: "tiny" }));
  const { code, stderr } = await callCli(["run", "tiny.yaml"], { cwd });
  assert.equal(code, 2, stderr);
  assert.match(stderr, /error: runs\/cache: cannot be written in: EACCES/);
  assert.ok(!/\bat .*\.ts:\d/.test(stderr), stderr);
});
