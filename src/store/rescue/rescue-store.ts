// What can be read of a damaged runs.db, into a new one: the rows of whole pages (read-tree.ts), through the rules of the
// schema with which they were written, which then becomes the newest one. The damaged file is copied first and stays as it is.

import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { UserError } from "../../errors.ts";
import { makeScratchFolder } from "../../scratch-folder.ts";
import { applicationId, migrate } from "../migrate.ts";
import { databasePath, hasDatabase, openForWriting } from "../open-database.ts";
import { migrations } from "../schema.ts";
import { errorCodeOf, storeError } from "../store-error.ts";
import { type DatabaseFile, openDatabaseFile } from "./database-file.ts";
import { type Damage, type Row, readTree } from "./read-tree.ts";
import { sayInRecords, settleRescued } from "./settle-rescued.ts";

export type RescuedTable = {
  readonly table: string;
  /** That are in the new store. */
  readonly rows: number;
  /** Damaged pages of the table; null where nothing of it can be read. */
  readonly pages: number | null;
  /** How many rows could not be read. */
  readonly unreadable: number;
  /** How well that is known: exact where an index is whole, about by the mean of the whole pages. */
  readonly known: "exact" | "about" | "at least";
  /** Rows that were read and are not as they were written: they break a rule of the schema, or are no picture of their hash. */
  readonly refused: number;
  /** Rows that were read and mean nothing, or the wrong thing, without rows that are lost. */
  readonly orphaned: number;
  /** Lost rows that others need, put together from those. */
  readonly rebuilt: number;
};

/**
 * Writes what can be read of `<folder>/runs.db` into `<out>/runs.db`. Throws UserError where there is a store already, where
 * the file is not ours or of a newer version, and where its header is damaged, so that nothing can be read.
 */
export function rescueStore(folder: string, out: string, now: () => number): readonly RescuedTable[] {
  const damaged = databasePath(folder);
  if (!hasDatabase(folder)) throw new UserError(`${folder}: no runs here (${damaged} does not exist)`);
  if (hasDatabase(out)) throw new UserError(`${databasePath(out)}: is there already; name another folder`);
  try {
    mkdirSync(out, { recursive: true });
    const work = makeScratchFolder(join(out, ".rescue-"));
    try {
      const file = openDatabaseFile(atRest(damaged, work));
      if (file === null)
        throw new UserError(`${damaged}: its header is damaged, so that nothing can be read; restore a copy`);
      try {
        const copied = copyTables(file, databasePath(work), damaged);
        const tables = settled(work, copied, now());
        renameSync(databasePath(work), databasePath(out));
        return tables;
      } finally {
        file.close();
      }
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  } catch (thrown) {
    throw storeError(thrown, databasePath(out));
  }
}

/** A copy with all that was committed: what lies in files beside it is brought in by SQLite, as after a crash. */
function atRest(damaged: string, work: string): string {
  const copy = join(work, "damaged.db");
  for (const suffix of ["", "-wal", "-journal"])
    if (existsSync(damaged + suffix)) copyFileSync(damaged + suffix, copy + suffix);
  const database = new Database(copy);
  try {
    database.pragma("schema_version");
  } catch (thrown) {
    if (!/^SQLITE_(CORRUPT|NOTADB)/.test(errorCodeOf(thrown))) throw thrown;
  } finally {
    database.close();
  }
  return copy;
}

/** Row of `sqlite_schema`. */
type SchemaEntry = {
  readonly type: string;
  readonly table: string;
  readonly root: number;
  readonly sql: string | null;
};

function copyTables(file: DatabaseFile, target: string, damaged: string): readonly Copied[] {
  const version = file.userVersion;
  if (file.applicationId !== applicationId || version < 1)
    throw new UserError(
      `${damaged}: is a SQLite database of another program, or its header is damaged; restore a copy`,
    );
  if (version > migrations.length)
    throw new UserError(
      `${damaged}: was written by a newer Hueristic (schema ${version}, this one knows ${migrations.length}); update Hueristic`,
    );
  const schema = readSchema(file);
  const database = new Database(target);
  try {
    database.pragma("synchronous = OFF"); // Only the whole file is renamed to where it counts.
    database.pragma("foreign_keys = OFF");
    migrate(database, migrations.slice(0, version));
    const copyAll = database.transaction(() =>
      tablesOf(database).map((table) => copyTable(database, file, schema, table)),
    );
    return copyAll();
  } finally {
    database.close();
  }
}

/** The copy in the newest schema, without what its lost rows leave without a meaning. */
function settled(work: string, copied: readonly Copied[], now: number): readonly RescuedTable[] {
  const database = openForWriting(work);
  try {
    const lossy = new Set(copied.filter(isLossy).map(({ table }) => table));
    const rebuilt = settleRescued(database, tablesOf(database), lossy);
    const here = new Set(tablesOf(database));
    const tables = copied.map(({ inserted, ...counts }) => {
      const fresh = counts.table === "datasets" ? rebuilt : 0;
      const expected = inserted + fresh;
      // A table of an older schema may be in none of the newest one.
      const rows = here.has(counts.table) ? rowsOf(database, counts.table) : expected;
      return { ...counts, rows, orphaned: Math.max(0, expected - rows), rebuilt: fresh };
    });
    if (lossy.size > 0) sayInRecords(database, lossy, now);
    return tables;
  } finally {
    database.close();
  }
}

function isLossy({ pages, unreadable, refused }: Copied): boolean {
  return pages === null || pages + unreadable + refused > 0;
}

function tablesOf(database: Database.Database): readonly string[] {
  return database
    .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .pluck()
    .all();
}

function readSchema(file: DatabaseFile): readonly SchemaEntry[] {
  const entries: SchemaEntry[] = [];
  readTree(file, { root: 1, hasRowids: true, keys: 0 }, ({ values: [type, , table, root, sql] }) => {
    if (typeof type === "string" && typeof table === "string" && typeof root === "bigint")
      entries.push({ type, table, root: Number(root), sql: typeof sql === "string" ? sql : null });
  });
  return entries;
}

type Column = { readonly name: string; readonly type: string; readonly pk: number };

type Copied = Omit<RescuedTable, "rows" | "orphaned" | "rebuilt"> & { readonly inserted: number };

function copyTable(
  database: Database.Database,
  file: DatabaseFile,
  schema: readonly SchemaEntry[],
  table: string,
): Copied {
  const sql = database
    .prepare<[string], string>("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?")
    .pluck()
    .get(table);
  // By other columns values would come into the wrong ones.
  const entry = schema.find((each) => each.type === "table" && each.table === table && each.sql === sql);
  if (entry === undefined)
    return { table, pages: null, unreadable: 0, known: "at least", refused: 0, inserted: 0 };
  const hasRowids = !/WITHOUT ROWID/.test(sql!);
  const columns = database
    .prepare<[string], Column>("SELECT name, type, pk FROM pragma_table_info(?)")
    .all(table);
  const keys = columns.filter(({ pk }) => pk > 0).toSorted((one, other) => one.pk - other.pk);
  const insert = createInserter(database, table, storedOrder(columns, keys, hasRowids));
  let inserted = 0;
  let refused = 0;
  const damage = readTree(file, { root: entry.root, hasRowids, keys: keys.length }, (row) => {
    if ((table !== "blobs" || isItself(row)) && insert(row)) inserted++;
    else refused++;
  });
  const whole = rowsByIndex(file, schema, table);
  const unreadable =
    whole === null
      ? ({ unreadable: damage.rows, known: knownOf(damage) } as const)
      : ({ unreadable: whole - inserted - refused, known: "exact" } as const);
  return { table, pages: damage.pages, ...unreadable, refused, inserted };
}

/** Whether the bytes of a picture are those whose hash names it. */
function isItself({ values: [hash, , bytes] }: Row): boolean {
  return Buffer.isBuffer(bytes) && createHash("sha256").update(bytes).digest("hex") === hash;
}

function knownOf({ more, pages, rows }: Damage): RescuedTable["known"] {
  if (more) return "at least";
  return pages === 0 && rows === 0 ? "exact" : "about";
}

/** Trees without rowids hold the columns of the key first. */
function storedOrder(
  columns: readonly Column[],
  keys: readonly Column[],
  hasRowids: boolean,
): readonly Column[] {
  return hasRowids ? columns : [...keys, ...columns.filter(({ pk }) => pk === 0)];
}

/** Gives a function that says whether the schema took a row. Of rows from before a column was added its default is taken. */
function createInserter(
  database: Database.Database,
  table: string,
  columns: readonly Column[],
): (row: Row) => boolean {
  // A whole number that is the only key is the rowid, and stored as NULL.
  const keys = columns.filter(({ pk }) => pk > 0);
  const numbered = keys.length === 1 && keys[0]!.type === "INTEGER" ? columns.indexOf(keys[0]!) : -1;
  const statements = new Map<number, Database.Statement>();
  const statementOf = (length: number) => {
    const names = columns.slice(0, length).map(({ name }) => `"${name}"`);
    const places = names.map(() => "?").join(", ");
    const statement = database.prepare(`INSERT INTO "${table}" (${names.join(", ")}) VALUES (${places})`);
    statements.set(length, statement);
    return statement;
  };
  return ({ rowid, values }) => {
    if (values.length === 0 || values.length > columns.length) return false;
    const given = rowid === null || numbered < 0 ? values : values.with(numbered, rowid);
    try {
      (statements.get(given.length) ?? statementOf(given.length)).run(...given);
      return true;
    } catch (thrown) {
      if (errorCodeOf(thrown).startsWith("SQLITE_CONSTRAINT")) return false;
      throw thrown;
    }
  };
}

/** How many rows a table had, as an index that is whole says; null where there is none. */
function rowsByIndex(file: DatabaseFile, schema: readonly SchemaEntry[], table: string): number | null {
  for (const { type, table: of, root, sql } of schema) {
    if (type !== "index" || of !== table || (sql !== null && /\bWHERE\b/.test(sql))) continue;
    let rows = 0;
    const damage = readTree(file, { root, hasRowids: false, keys: Number.MAX_SAFE_INTEGER }, () => rows++);
    if (damage.pages === 0 && damage.rows === 0) return rows;
  }
  return null;
}

function rowsOf(database: Database.Database, table: string): number {
  return database.prepare<[], number>(`SELECT count(*) FROM "${table}"`).pluck().get()!;
}
