// Which Python is meant: the one that is named, the one of the active virtual environment, python3.

import { existsSync } from "node:fs";
import os from "node:os";
import path from "node:path";

export type PythonChoice = {
  readonly command: string;
  /** Why it is this one, such as "HUERISTIC_PYTHON". */
  readonly chosenBy: string;
};

export function findPython(
  env: NodeJS.ProcessEnv = process.env,
  exists: (file: string) => boolean = existsSync,
  platform: NodeJS.Platform = os.platform(),
): PythonChoice {
  if (env.HUERISTIC_PYTHON) return { command: env.HUERISTIC_PYTHON, chosenBy: "HUERISTIC_PYTHON" };
  const windows = platform === "win32";
  const places = [
    ["VIRTUAL_ENV", windows ? "Scripts/python.exe" : "bin/python"],
    ["CONDA_PREFIX", windows ? "python.exe" : "bin/python"],
  ] as const;
  for (const [chosenBy, file] of places) {
    const folder = env[chosenBy];
    const command = folder && path.join(folder, file);
    if (command && exists(command)) return { command, chosenBy };
  }
  return { command: windows ? "python" : "python3", chosenBy: "the PATH" };
}
