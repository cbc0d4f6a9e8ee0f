// The files of this checkout in another folder, with what is not committed yet and without what git ignores; node_modules
// is a link. For tests that change the tree, or build in it.

import { execFileSync } from "node:child_process";
import { cpSync, existsSync, realpathSync, symlinkSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));

export function copyOfTree(folder: string): void {
  const list = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
  });
  for (const file of list.split("\0")) {
    const from = path.join(root, file);
    if (file !== "" && existsSync(from)) cpSync(from, path.join(folder, file));
  }
  symlinkSync(realpathSync(path.join(root, "node_modules")), path.join(folder, "node_modules"));
}
