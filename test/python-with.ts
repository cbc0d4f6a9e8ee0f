// A Python that has some packages, for checks against the programs that they are of. None is needed to run the tests.

import { spawnSync } from "node:child_process";
import { findPython } from "../src/engine/torch/find-python.ts";

export type PythonWith = {
  readonly command: string;
  /** Why the check is left out, for `skip`; false where it runs. */
  readonly skip: string | false;
};

/** The Python of HUERISTIC_PYTHON, the active virtual environment or the path. */
export function pythonWith(...modules: readonly string[]): PythonWith {
  const { command } = findPython();
  const { status, error } = spawnSync(command, [
    "-c",
    `import importlib.util, sys; sys.exit(any(importlib.util.find_spec(name) is None for name in ${JSON.stringify(modules)}))`,
  ]);
  if (error === undefined && status === 0) return { command, skip: false };
  return { command, skip: `no Python with ${modules.join(", ")}: HUERISTIC_PYTHON names one` };
}

/** What a script prints. Throws with its errors where it fails. */
export function runPython(
  command: string,
  args: readonly string[],
  options: { readonly cwd: string },
): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { ...options, encoding: "utf8" });
  if (error !== undefined || status !== 0)
    throw new Error(`${command} ${args.join(" ")}: ${error ?? stderr}`);
  return stdout;
}
