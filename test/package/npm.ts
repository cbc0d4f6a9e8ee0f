// npm as somebody starts it in a shell, with a cache that already holds the binding of SQLite as this checkout compiled it:
// npm downloads or compiles that one elsewhere, which takes a minute.

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import path from "node:path";
import { root } from "../copy-of-tree.ts";

export type Outcome = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

/** What `npm test` puts into the environment is not what a shell has. */
const shellEnvironment = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^(npm_|NODE_TEST_CONTEXT|NO_COLOR|FORCE_COLOR|HUERISTIC_)/i.test(name),
  ),
);

export function execute(
  command: string,
  args: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string>> = {},
): Outcome {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    env: { ...shellEnvironment, ...environment },
    encoding: "utf8",
  });
  if (error) throw error;
  return { code: status, stdout, stderr };
}

/** npm's cache of this machine, so that nothing is fetched that `npm ci` has fetched, and the binding beside it. */
export function preparedCache(folder: string): string {
  mkdirSync(path.join(folder, "_prebuilds"), { recursive: true });
  const usual = execute("npm", ["config", "get", "cache"], root).stdout.trim();
  if (existsSync(path.join(usual, "_cacache")))
    symlinkSync(path.join(usual, "_cacache"), path.join(folder, "_cacache"));
  const sqlite = path.join(root, "node_modules/better-sqlite3");
  // In a process of its own: prebuild-install reads the package.json of the folder it is started in.
  const program = `
    const util = require("prebuild-install/util");
    const pkg = require("better-sqlite3/package.json");
    const url = util.getDownloadUrl({ ...require("prebuild-install/rc")(pkg), pkg });
    console.log(require("node:path").basename(util.cachedPrebuild(url)));`;
  const name = execFileSync(process.execPath, ["-e", program], { cwd: sqlite, encoding: "utf8" }).trim();
  const binding = "build/Release/better_sqlite3.node";
  execFileSync("tar", ["-czf", path.join(folder, "_prebuilds", name), "-C", sqlite, binding]);
  return folder;
}
