// Folders and files that the trials of a sweep need and the disk lacks: found before the first trial, not when it begins.

import { statSync } from "node:fs";
import path from "node:path";
import type { Experiment } from "../../experiment/experiment.ts";
import { type Path, type Place, problemLine } from "../../experiment/text/located.ts";
import type { Sweep } from "../sweep.ts";

/** A line for each, with the place of the parameter that names it. */
export function missingFiles({ parameters, base }: Sweep, experiments: readonly Experiment[]): string[] {
  const lines = new Set<string>();
  const visit = (value: unknown, at: Path): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      const here = [...at, Array.isArray(value) ? Number(key) : key];
      const text = isNamed(key, inner) ? missing(key, inner) : null;
      if (text !== null) lines.add(problemLine({ place: placeOf(here), path: here, text }));
      visit(inner, here);
    }
  };
  const placeOf = (at: Path): Place => {
    const key = at.join(".");
    const parameter = parameters.find(({ name }) => key === name || key.startsWith(`${name}.`));
    return parameter?.place ?? { file: base.file, folder: base.cwd, line: null };
  };
  for (const { model, dataset, metrics, evaluate } of experiments)
    visit({ model, dataset, metrics, evaluate }, []);
  return [...lines];
}

/** Complete experiments have absolute paths. */
function isNamed(key: string, value: unknown): value is string {
  return (key === "root" || key === "weights") && typeof value === "string" && path.isAbsolute(value);
}

function missing(key: string, file: string): string | null {
  const found = statSync(file, { throwIfNoEntry: false });
  const kind = key === "root" ? "folder" : "file";
  if (found === undefined) return `expected a ${kind}, got ${file}, which does not exist`;
  if (found.isDirectory() === (kind === "folder")) return null;
  return `expected a ${kind}, got ${file}, which is a ${kind === "folder" ? "file" : "folder"}`;
}
