// What goes wrong below SQLite in words that say what to do. Anything else is a bug and passes unchanged.

import Database from "better-sqlite3";
import { UserError } from "../errors.ts";
import { escapedLine } from "../escaped.ts";

/** SQLite's code such as "SQLITE_BUSY_SNAPSHOT", or the system's such as "ENOSPC"; "" for any other error. */
export function errorCodeOf(thrown: unknown): string {
  if (thrown instanceof Database.SqliteError) return thrown.code;
  return thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
}

/** Of shared memory SQLite says only that it could not be made as large as it must be. */
export function isFullDiskCode(code: string): boolean {
  return /^(SQLITE_FULL|ENOSPC|EDQUOT|SQLITE_IOERR_SHMSIZE)/.test(code);
}

/** Whether an error is of what lies on the disk; a statement that is wrong in itself is a bug. */
export function isOfFiles(thrown: unknown): boolean {
  if (thrown instanceof UserError || (thrown as NodeJS.ErrnoException).syscall !== undefined) return true;
  return /^SQLITE_(?!ERROR)/.test(errorCodeOf(thrown));
}

export const isDamaged =
  "the database is damaged; restore a copy, or save what can be read into a new folder with `hueristic rescue`";

/** What a database was opened for. */
export type Purpose = "read" | "write";

/** `thrown` as a UserError where the user can mend it, otherwise `thrown` itself. */
export function storeError(thrown: unknown, path: string, does: Purpose = "write"): unknown {
  if (lacksBinding(thrown)) return new UserError(`SQLite's binding ${howToBuild}`, { cause: thrown });
  const advice = adviceFor(errorCodeOf(thrown), does);
  if (advice === null) return thrown;
  return new UserError(`${path}: ${advice} (${escapedLine((thrown as Error).message)})`, { cause: thrown });
}

const howToBuild =
  "is not built for this Node: npm rebuild better-sqlite3 (with npm 12 first: npm install-scripts approve better-sqlite3)";

/** As where an install ran no scripts, or with another version of Node. */
function lacksBinding(thrown: unknown): boolean {
  if (errorCodeOf(thrown) === "ERR_DLOPEN_FAILED") return true;
  return thrown instanceof Error && thrown.message.startsWith("Could not locate the bindings file");
}

function adviceFor(code: string, does: Purpose): string | null {
  if (isFullDiskCode(code))
    return "the disk is full; free some space, then resume the run: all that was committed before is safe";
  if (/^SQLITE_(BUSY|LOCKED)/.test(code))
    return "the database stayed locked; close the program that holds it open in a transaction, then try again";
  if (/^(SQLITE_READONLY|EACCES|EPERM|EROFS)/.test(code))
    return `no permission to ${does}; change the permissions of the folder or name another one`;
  if (/^(SQLITE_CANTOPEN|ENOTDIR|EEXIST)/.test(code))
    return `cannot be opened; check that its folder is a folder and that you may ${does === "read" ? "read it" : "write in it"}`;
  if (/^SQLITE_NOTADB/.test(code))
    return "is not a SQLite database; move the file away or name another folder";
  if (/^SQLITE_CORRUPT/.test(code)) return isDamaged;
  if (/^SQLITE_IOERR/.test(code))
    return "the disk reports an error; check its health and free space, then resume the run";
  return null;
}

/** The same functions, whose errors pass through `storeError`. */
export function withStoreErrors<Api extends object>(path: string, api: Api, does: Purpose = "write"): Api {
  const entries = Object.entries(api).map(([name, member]) => {
    if (typeof member !== "function") return [name, member];
    const guarded = (...args: unknown[]) => {
      try {
        return member(...args);
      } catch (thrown) {
        throw storeError(thrown, path, does);
      }
    };
    return [name, guarded];
  });
  return Object.fromEntries(entries);
}
