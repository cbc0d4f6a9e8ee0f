// Databases that are merged, one after the other attached as `other`: checked, and of the newest schema. A store at rest on a
// local disk is read where it lies, by SQLite's own locks. Of all else a copy on a local disk is: no lock of a shared one is
// relied on, a database of an older version is brought to this one there, and the file itself is never changed.

import { accessSync, constants, copyFileSync, existsSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import Database from "better-sqlite3";
import { messageOf, UserError } from "../../errors.ts";
import { makeScratchFolder } from "../../scratch-folder.ts";
import { migrate, schemaVersion } from "../migrate.ts";
import { networkDiskOf } from "../network-disk.ts";
import { databasePath, openReadOnly } from "../open-database.ts";
import { migrations } from "../schema.ts";
import { errorCodeOf, isDamaged, isOfFiles, storeError } from "../store-error.ts";

/** The schema under which a database is attached. */
export const other = "other";

/** What SQLite can give as one piece of memory ends at 2 GiB. */
const mostInMemory = 2 ** 30;

/** A database of which nothing can be read, whoever tries it when. */
export class DamagedDatabase extends UserError {}

export type Sources = {
  /**
   * Calls `use` with a database attached. Throws UserError, with the name of the file, for one that cannot be read, is newer, or
   * of another program; of those DamagedDatabase for one that is damaged or empty.
   */
  attach<T>(file: string, use: () => T): T;
  close(): void;
};

/** Attaches them to `database`, which is in no transaction then. */
export function createSources(database: Database.Database): Sources {
  let folder: string | null = null;
  let copies = 0;

  /** null where the database is of an older version. */
  const attached = <T>(path: string, file: string, use: () => T): { readonly result: T } | null => {
    ofSource(file, () => database.prepare(`ATTACH ? AS ${other}`).run(path));
    try {
      if (ofSource(file, () => soundVersion(database, file)) < migrations.length) return null;
      return { result: use() };
    } finally {
      database.exec(`DETACH ${other}`);
    }
  };
  const attachCopy = <T>(file: string, use: () => T): T => {
    folder ??= temporaryFolder();
    const copy = join(folder, `${copies++}.db`);
    try {
      ofSource(file, () => copyOnceMore(file, copy));
      const done = attached(copy, file, use);
      if (done !== null) return done.result;
      ofSource(file, () => bringToNewest(copy));
      return attached(copy, file, use)!.result;
    } finally {
      rmSync(copy, { force: true });
    }
  };
  return {
    attach(file, use) {
      if (!existsSync(file)) throw new UserError(`${file}: no such file`);
      const done = isAtRest(file) ? attached(file, file, use) : null;
      return done === null ? attachCopy(file, use) : done.result;
    },
    close() {
      if (folder !== null) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Whether all of a store is in its file, on a disk of this machine where SQLite may put its own files beside it. */
function isAtRest(file: string): boolean {
  const folder = dirname(file);
  if (!isStore(file) || needsOthers(file) || networkDiskOf(folder) !== null) return false;
  try {
    for (const each of [file, folder]) accessSync(each, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function temporaryFolder(): string {
  try {
    return makeScratchFolder();
  } catch (thrown) {
    throw new UserError(`${tmpdir()}: cannot be written: ${messageOf(thrown)}`, { cause: thrown });
  }
}

/** On NFS a file that its writer replaces meanwhile is gone or stale to whoever has opened it. */
function copyOnceMore(file: string, copy: string): void {
  try {
    copyDatabase(file, copy);
  } catch (thrown) {
    if (!["ESTALE", "ENOENT"].includes(errorCodeOf(thrown))) throw thrown;
    copyDatabase(file, copy);
  }
}

/** All that the system or SQLite say of a file is told with its name; what is full is the folder of its copy. */
export function sourceError(thrown: unknown, file: string): unknown {
  const [code, told] = [errorCodeOf(thrown), storeError(thrown, file, "read")];
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code)) return new DamagedDatabase(messageOf(told), { cause: thrown });
  if (/^(ENOSPC|EDQUOT|SQLITE_FULL)/.test(code))
    return new UserError(`${tmpdir()}: cannot be written: ${messageOf(thrown)}`, { cause: thrown });
  if (told instanceof UserError) return told;
  if (!isOfFiles(thrown) && !code.startsWith("SQLITE_")) return thrown;
  return new UserError(`${file}: cannot be read: ${messageOf(thrown)}`, { cause: thrown });
}

function ofSource<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    throw sourceError(thrown, file);
  }
}

function copyDatabase(file: string, copy: string): void {
  if (!isStore(file) && !needsOthers(file)) {
    copyFileSync(file, copy);
    return;
  }
  // Others may be writing it: SQLite itself reads one moment of it.
  const database = openReadOnly(file);
  try {
    const pages = database.pragma("page_count", { simple: true }) as number;
    const size = pages * (database.pragma("page_size", { simple: true }) as number);
    if (size < mostInMemory) writeFileSync(copy, serializeWhole(database));
    else database.prepare("VACUUM INTO ?").run(copy);
  } finally {
    database.close();
  }
}

/** As others may have it open, unlike a file of the spool. */
function isStore(file: string): boolean {
  return basename(file) === basename(databasePath(""));
}

/** Whether a database is not whole without the files beside it. Who only reads leaves an empty -wal behind. */
function needsOthers(file: string): boolean {
  return ["-wal", "-journal"].some(
    (suffix) => (statSync(file + suffix, { throwIfNoEntry: false })?.size ?? 0) > 0,
  );
}

/**
 * A database as the bytes of a file that needs no other one beside it: bytes 18 and 19 say which journal it is written with
 * (https://sqlite.org/fileformat2.html#file_format_version_numbers), and 1 is that of a file at rest.
 */
export function serializeWhole(database: Database.Database): Buffer {
  const bytes = database.serialize();
  bytes[18] = 1;
  bytes[19] = 1;
  return bytes;
}

/** Of what is attached, once it is known to be whole. */
function soundVersion(database: Database.Database, file: string): number {
  const version = schemaVersion(database, migrations.length, file, other);
  if (version === 0) throw new DamagedDatabase(`${file}: holds no runs`);
  const faults = database.pragma(`${other}.quick_check(1)`, { simple: true }) as string;
  if (faults !== "ok")
    throw new DamagedDatabase(`${file}: ${isDamaged} (${faults.replace(/^\*\*\*.*\n/, "")})`);
  return version;
}

function bringToNewest(copy: string): void {
  const database = new Database(copy);
  try {
    database.pragma("trusted_schema = OFF");
    database.pragma("journal_mode = DELETE");
    database.pragma("synchronous = OFF");
    migrate(database, migrations);
  } finally {
    database.close();
  }
}
