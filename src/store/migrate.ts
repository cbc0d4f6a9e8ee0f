// Brings a database to the newest schema. `user_version` counts the migrations that it has seen; each one runs in
// a transaction of its own that takes the write lock first, so that processes that open a store at once take turns.
// There is no way back: a newer database is refused.

import type { Database } from "better-sqlite3";
import { UserError } from "../errors.ts";

/** "Huer": tells our database from any other one called runs.db. */
export const applicationId = 0x48756572;

/**
 * How many migrations `database` has seen, or what is attached to it as `schema`. Throws UserError, which calls it `name`,
 * where it is newer than this program or not ours.
 */
export function schemaVersion(
  database: Database,
  newest: number,
  name = database.name,
  schema = "main",
): number {
  const read = database.transaction(() => ({
    owner: database.pragma(`${schema}.application_id`, { simple: true }) as number,
    version: database.pragma(`${schema}.user_version`, { simple: true }) as number,
    tables: database.prepare(`SELECT count(*) FROM ${schema}.sqlite_schema`).pluck().get() as number,
  }));
  const { owner, version, tables } = read.deferred();
  if (owner !== applicationId && (owner !== 0 || tables > 0))
    throw new UserError(
      `${name}: is a SQLite database of another program; move it away or name another folder`,
    );
  if (version > newest)
    throw new UserError(
      `${name}: was written by a newer Hueristic (schema ${version}, this one knows ${newest}); update Hueristic`,
    );
  return version;
}

/** SQL, or a function where SQL does not do. */
export type Migration = string | ((database: Database) => void);

/** Runs those of `migrations` that `database` has not seen. */
export function migrate(database: Database, migrations: readonly Migration[]): void {
  const runNext = database.transaction((): boolean => {
    const version = schemaVersion(database, migrations.length);
    const migration = migrations[version];
    if (migration === undefined) return false;
    if (typeof migration === "string") database.exec(migration);
    else migration(database);
    database.pragma(`application_id = ${applicationId}`);
    database.pragma(`user_version = ${version + 1}`);
    return true;
  });
  if (schemaVersion(database, migrations.length) === migrations.length) return;
  // A table that others refer to can only be replaced while nobody checks them.
  const checked = database.pragma("foreign_keys", { simple: true }) === 1;
  database.pragma("foreign_keys = OFF");
  try {
    while (runNext.immediate());
  } finally {
    if (checked) database.pragma("foreign_keys = ON");
  }
}
