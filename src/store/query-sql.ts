// One question in SQL to runs.db by somebody who may only look: one statement that reads and gives rows, on a connection that
// cannot write. ATTACH, PRAGMA and all that changes something are refused before they run, EXPLAIN of them too; extensions are
// not loaded, and SQLite's library has no function that touches files.

import Database from "better-sqlite3";
import { UserError } from "../errors.ts";
import { databasePath, openForReading } from "./open-database.ts";
import { storeError } from "./store-error.ts";

/** Whole numbers beyond 2^53 come as bigint, so that none is rounded. */
export type SqlValue = number | bigint | string | Uint8Array | null;

export type SqlAnswer = {
  readonly columns: readonly string[];
  /** Read while they are asked for. */
  readonly rows: Iterable<readonly SqlValue[]>;
};

/** Hands the answer of `sql` to `read`. Rejects with UserError for bad SQL, and for a statement that does more than read. */
export async function querySql(
  folder: string,
  sql: string,
  read: (answer: SqlAnswer) => void | Promise<void>,
): Promise<void> {
  const database = openForReading(folder);
  try {
    database.pragma("query_only = ON");
    const statement = prepared(database, sql);
    const columns = statement.columns().map(({ name }) => name);
    await read({ columns, rows: plainRows(statement) });
  } catch (thrown) {
    throw sqlError(thrown, databasePath(folder));
  } finally {
    database.close();
  }
}

function prepared(database: Database.Database, sql: string): Database.Statement<[], SqlValue[]> {
  const first = firstWord(sql);
  if (!["SELECT", "WITH", "VALUES"].includes(first))
    throw new UserError(`sql: expected a query that only reads, as SELECT does, got ${first || "nothing"}`);
  const statement = database.prepare<[], SqlValue[]>(sql);
  if (!statement.readonly || !statement.reader)
    throw new UserError("sql: expected a query that only reads, got one that would change the store");
  return statement.raw().safeIntegers();
}

const between = String.raw`(?:\s|;|--.*(?:\n|$)|/\*[\s\S]*?\*/)*`;
const opening = new RegExp(
  `^${between}(?:EXPLAIN\\b${between}(?:QUERY\\b${between}PLAN\\b${between})?)?(\\w*)`,
  "i",
);

/** In capitals, behind comments; of EXPLAIN and EXPLAIN QUERY PLAN that of what they explain. */
function firstWord(sql: string): string {
  return opening.exec(sql)?.[1]?.toUpperCase() ?? "";
}

function* plainRows(statement: Database.Statement<[], SqlValue[]>): Generator<readonly SqlValue[]> {
  for (const row of statement.iterate())
    yield row.map((value) =>
      typeof value === "bigint" && Number.isSafeInteger(Number(value)) ? Number(value) : value,
    );
}

/** What SQLite says of the query itself, such as `no such column: epoc`; all else is about the file. */
function sqlError(thrown: unknown, path: string): unknown {
  const ofQuery =
    thrown instanceof RangeError ||
    (thrown instanceof Database.SqliteError && /^SQLITE_(ERROR|RANGE|TOOBIG|MISMATCH)/.test(thrown.code));
  if (ofQuery) return new UserError(`sql: ${thrown.message.replaceAll(/\s+/g, " ")}`, { cause: thrown });
  return storeError(thrown, path, "read");
}
