// A lock between processes: a file made with O_EXCL that names its holder and is touched while it is held.
// A holder that died on this host, or that stopped touching, has lost it. Losing it by mistake (a process
// that slept) costs doubled work and nothing else, as what it guards is published by an atomic rename.

import { randomUUID } from "node:crypto";
import { link, open, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { messageOf, UserError } from "../../errors.ts";
import { newProcessToken, processIsGone } from "../../process-identity.ts";

const touchEveryMs = 2_000;
const staleAfterMs = 30_000;
const askEveryMs = 50;

type Holder = { readonly pid: number; readonly process: string; readonly id: string };

const thisProcess = newProcessToken();

const heldHere = new Set<string>();

export type LockOptions = {
  readonly signal?: AbortSignal | undefined;
  /** Called once when another process holds the lock. */
  readonly onWait?: ((pid: number | null) => void) | undefined;
};

/** Runs `work` while holding the lock file at `path`. */
export async function withLock<Result>(
  path: string,
  options: LockOptions,
  work: () => Promise<Result>,
): Promise<Result> {
  const id = randomUUID();
  await acquire(path, id, options);
  const touch = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => {});
  }, touchEveryMs);
  try {
    return await work();
  } finally {
    clearInterval(touch);
    if ((await readHolder(path))?.id === id) await rm(path, { force: true });
    heldHere.delete(id); // not before: a holder that is not known here counts as dead
  }
}

/** Whether a living process holds the lock file at `path`. */
export async function isLocked(path: string): Promise<boolean> {
  return (await stateOf(path)) === "held";
}

async function acquire(path: string, id: string, { signal, onWait }: LockOptions): Promise<void> {
  for (let asked = 0; ; asked++) {
    signal?.throwIfAborted();
    try {
      const file = await open(path, "wx");
      heldHere.add(id);
      const holder: Holder = { pid: process.pid, process: thisProcess, id };
      await file.writeFile(JSON.stringify(holder)).finally(() => file.close());
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
        // The file was made but not filled, as on a full disk.
        if (heldHere.delete(id)) await rm(path, { force: true });
        throw unwritable(path, error);
      }
    }
    const before = await readFile(path, "utf8").catch(() => null);
    const state = await stateOf(path);
    if (state === "stale" && before !== null) await removeStale(path, before);
    else if (state === "held") {
      if (asked === 0) onWait?.((await readHolder(path))?.pid ?? null);
      await wait(askEveryMs, undefined, signal ? { signal } : {}).catch(() => signal?.throwIfAborted());
    }
  }
}

/** In words for the user where the folder is one that cannot be written in. */
function unwritable(path: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (!["EACCES", "EPERM", "EROFS", "ENOENT", "ENOTDIR", "ENOSPC", "EDQUOT"].includes(code ?? ""))
    return error;
  return new UserError(`${dirname(path)}: cannot be written in: ${messageOf(error)}`, { cause: error });
}

async function stateOf(path: string): Promise<"free" | "held" | "stale"> {
  const found = await stat(path).catch(() => null);
  if (found === null) return "free";
  if (Date.now() - found.mtimeMs > staleAfterMs) return "stale";
  const holder = await readHolder(path);
  if (holder === null) return "held";
  if (holder.process === thisProcess) return heldHere.has(holder.id) ? "held" : "stale";
  return processIsGone(holder.process) ? "stale" : "held";
}

/** Takes the stale lock away, unless another process has just replaced it by its own. */
async function removeStale(path: string, content: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch {
    return; // another process was faster
  }
  const taken = await readFile(aside, "utf8").catch(() => content);
  if (taken !== content) await link(aside, path).catch(() => {});
  await rm(aside, { force: true });
}

async function readHolder(path: string): Promise<Holder | null> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as Holder;
  } catch {
    return null; // gone, or just made and still empty
  }
}
