// One connection to runs.db with the settings that the store relies on. WAL with synchronous NORMAL: a commit
// survives the death of the process at any moment; a power cut may cost the last commits, never the database.

import { existsSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import Database from "better-sqlite3";
import { UserError } from "../errors.ts";
import { migrate, schemaVersion } from "./migrate.ts";
import { migrations } from "./schema.ts";
import { errorCodeOf, storeError } from "./store-error.ts";

/** How long a statement waits for another process before it gives up. */
const busyTimeoutMs = 10_000;

export function databasePath(folder: string): string {
  return join(folder, "runs.db");
}

/** Opens `<folder>/runs.db` for writing, creating and migrating it where needed. */
export function openForWriting(folder: string): Database.Database {
  const path = databasePath(folder);
  return translated(path, () => {
    mkdirSync(folder, { recursive: true });
    return configured(new Database(path, { timeout: busyTimeoutMs }), (database) => {
      schemaVersion(database, migrations.length);
      switchToWal(database);
      database.pragma("synchronous = NORMAL");
      database.pragma("foreign_keys = ON");
      database.pragma(`journal_size_limit = ${64 * 2 ** 20}`);
      migrate(database, migrations);
    });
  });
}

/** Opens `<folder>/runs.db` for reading, also while others write it. */
export function openForReading(folder: string): Database.Database {
  const path = databasePath(folder);
  if (!existsSync(path))
    throw new UserError(
      `${folder}: no runs here (${path} does not exist); start one with \`hueristic run <experiment>\` or name another folder`,
    );
  const open = (name: string) =>
    configured(new Database(name, { readonly: true, timeout: busyTimeoutMs }), (database) => {
      const version = schemaVersion(database, migrations.length);
      if (version === 0) throw new UserError(`${folder}: no runs here yet; start one with \`hueristic run\``);
      if (version < migrations.length)
        throw new UserError(
          `${path}: was written by an older Hueristic (schema ${version}, this one reads ${migrations.length}); any command that writes, such as \`hueristic run\`, updates it`,
        );
    });
  return translated(path, () => {
    try {
      return open(path);
    } catch (thrown) {
      // WAL needs its -shm file. Without permission to create it nobody can be writing beside us, and a database
      // whose log is empty can be read as it lies.
      if (!/^SQLITE_(CANTOPEN|READONLY)/.test(errorCodeOf(thrown)) || sizeOf(`${path}-wal`) > 0) throw thrown;
      return open(`${pathToFileURL(path).href}?immutable=1`);
    }
  });
}

function configured(
  database: Database.Database,
  configure: (database: Database.Database) => void,
): Database.Database {
  try {
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
      `${database.name}: this file system cannot share a database between processes (a network drive?); name a folder on a local disk`,
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

function translated<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (thrown) {
    throw storeError(thrown, path);
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
