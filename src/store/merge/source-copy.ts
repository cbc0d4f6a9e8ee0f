// A database that is merged is copied to a local disk first: no lock of a shared one is relied on, a database of an older
// version is brought to this one there, and the file itself is never changed.

import { copyFileSync, existsSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import Database from "better-sqlite3";
import { messageOf, UserError } from "../../errors.ts";
import { makeScratchFolder } from "../../scratch-folder.ts";
import { migrate, schemaVersion } from "../migrate.ts";
import { databasePath, openReadOnly } from "../open-database.ts";
import { migrations } from "../schema.ts";
import { errorCodeOf, isDamaged, isOfFiles, storeError } from "../store-error.ts";

/** What SQLite can give as one piece of memory ends at 2 GiB. */
const mostInMemory = 2 ** 30;

/** A database of which nothing can be read, whoever tries it when. */
export class DamagedDatabase extends UserError {}

/**
 * Copies a database into a temporary folder, checks it and brings it to the newest schema, and gives the copy to `use`, which
 * nobody else writes. Throws UserError, with the name of the file, for one that cannot be read, is newer, or of another
 * program; of those DamagedDatabase for one that is damaged or empty.
 */
export function withCopy<T>(file: string, use: (copy: string) => T): T {
  if (!existsSync(file)) throw new UserError(`${file}: no such file`);
  const folder = temporaryFolder();
  try {
    const copy = join(folder, "runs.db");
    try {
      copyOnceMore(file, copy);
      prepare(copy, file);
    } catch (thrown) {
      throw sourceError(thrown, file);
    }
    return use(copy);
  } finally {
    rmSync(folder, { recursive: true, force: true });
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

function copyDatabase(file: string, copy: string): void {
  if (basename(file) !== basename(databasePath("")) && !needsOthers(file)) {
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

/** Whether a database is not whole without the files beside it. */
function needsOthers(file: string): boolean {
  return ["-wal", "-journal"].some((suffix) => existsSync(file + suffix));
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

function prepare(copy: string, file: string): void {
  const database = new Database(copy);
  try {
    database.pragma("trusted_schema = OFF");
    const version = schemaVersion(database, migrations.length, file);
    if (version === 0) throw new DamagedDatabase(`${file}: holds no runs`);
    const faults = database.pragma("quick_check(1)", { simple: true }) as string;
    if (faults !== "ok")
      throw new DamagedDatabase(`${file}: ${isDamaged} (${faults.replace(/^\*\*\*.*\n/, "")})`);
    database.pragma("journal_mode = DELETE");
    database.pragma("synchronous = OFF");
    migrate(database, migrations);
  } finally {
    database.close();
  }
}
