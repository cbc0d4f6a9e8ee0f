// A path as the disk has it: a name that is written in the other form of Unicode (same-text.ts) is the same name.

import { existsSync } from "node:fs";
import path from "node:path";
import { namesIfReadable } from "./folder-names.ts";
import { sameText } from "./same-text.ts";

/** `wanted` where it exists, or nothing like it does. */
export function existingPath(wanted: string): string {
  if (/^[\0-\x7f]*$/.test(wanted) || existsSync(wanted)) return wanted;
  const absolute = path.resolve(wanted);
  let found = path.parse(absolute).root;
  for (const part of absolute.slice(found.length).split(path.sep)) {
    const name = existsSync(path.join(found, part))
      ? part
      : namesIfReadable(found).find((each) => sameText(each, part));
    if (name === undefined) return wanted;
    found = path.join(found, name);
  }
  return found;
}
