// Whether a file may be written, before it takes the time to make it.

import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../errors.ts";

/** Throws UserError where `file` cannot be written, or is there already and not to be replaced. */
export function requireWritable(file: string, replace: boolean): void {
  const folder = path.dirname(path.resolve(file));
  if (!existsSync(folder)) throw new UserError(`${file}: expected a folder ${folder}, which is not there`);
  if (!existsSync(file)) return;
  if (statSync(file).isDirectory()) throw new UserError(`${file}: expected a file, got a folder`);
  if (!replace) throw new UserError(`${file}: is there already; --force replaces it`);
}
