// Programs of ours in processes of their own, which do what they are asked by messages.

import { type ChildProcess, fork } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** `program` stands beside the module `from` without its extension: TypeScript in a checkout, JavaScript in a package. */
export function startProcess(program: string, from: string, args: readonly string[] = []): ChildProcess {
  const extension = path.extname(from);
  return fork(fileURLToPath(new URL(`${program}${extension}`, from)), args, {
    execArgv: extension === ".ts" ? ["--import", import.meta.resolve("../scripts/typescript.js")] : [],
    serialization: "advanced",
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
}

/** In such a process: it ends when its parent closes the channel or is gone. Signals are for the parent, who says when to stop. */
export function endWithParent(): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});
  process.on("disconnect", () => process.exit());
}
