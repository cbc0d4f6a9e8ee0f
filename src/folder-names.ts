// What lies in a folder that may not be there.

import { readdirSync } from "node:fs";

/** None where there is no such folder. Throws the system's errors where one may not look. */
export function namesIfThere(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    throw thrown;
  }
}

/** None where one may not look either: for what is only looked for, such as a near name. */
export function namesIfReadable(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
