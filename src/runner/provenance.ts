// Where a run's numbers come from.

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Provenance } from "../store/rows.ts";

const projectFolder = fileURLToPath(new URL("../..", import.meta.url));
const recordedPackages = ["onnxruntime-node", "@tensorflow/tfjs-core", "sharp", "better-sqlite3"];

type Checkout = Pick<Provenance, "gitCommit" | "gitDirty">;

/** Asked of git once: what changes in the checkout later is not what this process has loaded. */
let checkout: Checkout | null = null;

/** The commit is that of Hueristic's own code, null outside a git checkout. */
export function readProvenance(command: readonly string[]): Provenance {
  checkout ??= readCheckout();
  return {
    ...checkout,
    packages: {
      hueristic: ownVersion(),
      ...Object.fromEntries(recordedPackages.map((name) => [name, versionOf(name)])),
    },
    node: process.version,
    host: os.hostname(),
    platform: `${os.platform()} ${os.release()} ${os.arch()}`,
    cpu: os.cpus()[0]?.model.trim() ?? "unknown",
    threads: os.availableParallelism(),
    command,
  };
}

function readCheckout(): Checkout {
  const gitCommit = git("rev-parse", "HEAD");
  const changes = gitCommit === null ? null : git("--no-optional-locks", "status", "--porcelain");
  return { gitCommit, gitDirty: changes === null ? null : changes !== "" };
}

export function ownVersion(): string {
  return versionIn(path.join(projectFolder, "package.json"));
}

function git(...args: string[]): string | null {
  // Installed as a package, the repository around it is another project's.
  if (!existsSync(path.join(projectFolder, ".git"))) return null;
  try {
    const options = { cwd: projectFolder, encoding: "utf8" as const, stdio: "pipe" as const };
    return execFileSync("git", args, options).trim();
  } catch {
    return null;
  }
}

/** Read from the file: packages need not export it. */
function versionOf(name: string): string {
  const file = createRequire(import.meta.url)
    .resolve.paths(name)!
    .map((folder) => path.join(folder, name, "package.json"))
    .find(existsSync);
  if (file === undefined) throw new Error(`${name} is not installed`);
  return versionIn(file);
}

function versionIn(packageFile: string): string {
  return (JSON.parse(readFileSync(packageFile, "utf8")) as { version: string }).version;
}
