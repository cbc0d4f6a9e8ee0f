// One connection to runs.db with the settings that the store relies on. WAL with synchronous NORMAL: a commit
// survives the death of the process at any moment; a power cut may cost the last commits, never the database. On a network
// disk a rollback journal with synchronous FULL, which relies on the disk's locks (decision 15).

import { copyFileSync, existsSync, mkdirSync, rmSync, type Stats, statSync } from "node:fs";
import { dirname, join } from "node:path";
import Database from "better-sqlite3";
import { UserError } from "../errors.ts";
import { makeScratchFolder } from "../scratch-folder.ts";
import { addStatusFunction } from "./dead-runs.ts";
import { migrate, schemaVersion } from "./migrate.ts";
import { networkDiskOf } from "./network-disk.ts";
import { migrations } from "./schema.ts";
import { errorCodeOf, type Purpose, storeError } from "./store-error.ts";

/** How long a statement waits for another process before it gives up. */
const busyTimeoutMs = 10_000;

export function databasePath(folder: string): string {
  return join(folder, "runs.db");
}

/** Whether the folder has runs. Throws UserError where one may not look, and where something else is called so. */
export function hasDatabase(folder: string): boolean {
  const path = databasePath(folder);
  return translated(path, "read", () => isThere(path));
}

/** Opens `<folder>/runs.db` for writing, creating and migrating it where needed. `networkDisk` as `networkDiskOf` has it. */
export function openForWriting(folder: string, networkDisk = networkDiskOf): Database.Database {
  const path = databasePath(folder);
  return translated(path, "write", () => {
    mkdirSync(folder, { recursive: true });
    isThere(path);
    const disk = networkDisk(folder);
    requireNoWal(path, disk);
    return configured(new Database(path, { timeout: busyTimeoutMs }), (database) => {
      schemaVersion(database, migrations.length);
      if (disk === null) switchToWal(database);
      else database.pragma("journal_mode = DELETE");
      database.pragma(`synchronous = ${disk === null ? "NORMAL" : "FULL"}`);
      database.pragma("foreign_keys = ON");
      database.pragma(`journal_size_limit = ${64 * 2 ** 20}`);
      migrate(database, migrations);
    });
  });
}

/** Opens `<folder>/runs.db` for reading, also while others write it. */
export function openForReading(folder: string, networkDisk = networkDiskOf): Database.Database {
  const path = databasePath(folder);
  if (!hasDatabase(folder))
    throw new UserError(
      `${folder}: no runs here (${path} does not exist); start one with \`hueristic run <experiment>\` or name another folder`,
    );
  return translated(path, "read", () => {
    requireNoWal(path, networkDisk(folder));
    return openReadOnly(path, (database) => {
      const version = schemaVersion(database, migrations.length);
      if (version === 0) throw new UserError(`${folder}: no runs here yet; start one with \`hueristic run\``);
      if (version < migrations.length)
        throw new UserError(
          `${path}: was written by an older Hueristic (schema ${version}, this one reads ${migrations.length}); any command that writes, such as \`hueristic run\`, updates it`,
        );
    });
  });
}

/** Another host that has it open in WAL mode cannot be seen from here, nor what it has not moved into the database yet. */
function requireNoWal(path: string, disk: string | null): void {
  if (disk !== null && existsSync(`${path}-wal`))
    throw new UserError(
      `${path}: is open on another machine, or was when that one stopped, in a way that ${disk} does not carry; use it on that machine, or where nobody has it open: sqlite3 ${path} "PRAGMA journal_mode = DELETE"`,
    );
}

/** Opens a database of any version, also where its folder may not be written or its disk is full; what `check` throws closes it. */
export function openReadOnly(
  path: string,
  check: (database: Database.Database) => void = () => {},
): Database.Database {
  requireNoWal(path, networkDiskOf(dirname(path)));
  const open = (name: string) =>
    configured(new Database(name, { readonly: true, timeout: busyTimeoutMs }), (database) => {
      database.pragma("schema_version"); // the first read, which needs what WAL needs
      check(database);
    });
  try {
    return open(path);
  } catch (thrown) {
    if (!/^SQLITE_(CANTOPEN|READONLY|IOERR_SHMSIZE)/.test(errorCodeOf(thrown))) throw thrown;
    return openCopy(path, open);
  }
}

/**
 * WAL needs a -shm file. Where it neither exists nor may be created, nobody can be writing, and a copy is as good.
 * Its files go at once; the open connection keeps them alive.
 */
function openCopy(path: string, open: (name: string) => Database.Database): Database.Database {
  const folder = makeScratchFolder();
  try {
    for (const suffix of ["", "-wal"])
      if (existsSync(path + suffix)) copyFileSync(path + suffix, databasePath(folder) + suffix);
    return open(databasePath(folder));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Throws UserError for a folder, and the system's error where one may not look. */
function isThere(path: string): boolean {
  let found: Stats | undefined;
  try {
    found = statSync(path, { throwIfNoEntry: false });
  } catch (thrown) {
    if (errorCodeOf(thrown) === "ENOTDIR") return false;
    throw thrown;
  }
  if (found?.isDirectory())
    throw new UserError(`${path}: is a folder, not a database; move it away or name another folder`);
  return found !== undefined;
}

function configured(
  database: Database.Database,
  configure: (database: Database.Database) => void,
): Database.Database {
  try {
    addStatusFunction(database);
    retryWhileBusy(() => configure(database));
    return database;
  } catch (thrown) {
    database.close();
    throw thrown;
  }
}

function switchToWal(database: Database.Database): void {
  if (database.pragma("journal_mode = WAL", { simple: true }) !== "wal")
    throw new UserError(
      `${database.name}: this file system cannot share a database between processes; name a folder on another disk`,
    );
}

/** SQLite does not wait by itself where two processes switch a fresh database to WAL at once. */
function retryWhileBusy(attempt: () => void): void {
  const deadline = performance.now() + busyTimeoutMs;
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  for (;;) {
    try {
      attempt();
      return;
    } catch (thrown) {
      if (!errorCodeOf(thrown).startsWith("SQLITE_BUSY") || performance.now() > deadline) throw thrown;
      Atomics.wait(sleeper, 0, 0, 5);
    }
  }
}

function translated<T>(path: string, does: Purpose, action: () => T): T {
  try {
    return action();
  } catch (thrown) {
    throw storeError(thrown, path, does);
  }
}
