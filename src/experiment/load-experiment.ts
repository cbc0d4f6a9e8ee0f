// Experiments from disk.

import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import path from "node:path";
import { existingPath } from "../existing-path.ts";
import { namesIfReadable } from "../folder-names.ts";
import { problemsError, resolveExperiment } from "./complete-experiment.ts";
import type { Experiment } from "./experiment.ts";
import { type ExperimentFiles, tooLarge, unreadable } from "./text/files.ts";
import type { Place } from "./text/located.ts";
import { mostBytes } from "./text/read-yaml.ts";

export const disk: ExperimentFiles = {
  /** Reads pipes too, as `<(…)` makes them. */
  read(file, most) {
    const descriptor = openSync(existingPath(file), "r");
    try {
      if (fstatSync(descriptor).isDirectory()) throw Object.assign(new Error("a folder"), { code: "EISDIR" });
      const bytes = Buffer.alloc(most + 1);
      let length = 0;
      for (let got = -1; got !== 0 && length <= most; length += got) {
        got = readSync(descriptor, bytes, length, bytes.length - length, null);
      }
      return length > most ? null : bytes.toString("utf8", 0, length);
    } finally {
      closeSync(descriptor);
    }
  },
  list: namesIfReadable,
};

/** The text of a file that the user named. Throws a UserError. */
export function readUserFile(file: string): string {
  const absolute = path.resolve(file);
  const place: Place = { file, folder: path.dirname(absolute), line: null };
  let text: string | null;
  try {
    text = disk.read(absolute, mostBytes);
  } catch (error) {
    throw problemsError([{ place, path: [], text: unreadable(error, absolute, disk) }]);
  }
  if (text === null) throw problemsError([tooLarge(place)]);
  return text;
}

/** Throws a UserError whose message has one line for every problem of the file, its parents and the overrides. */
export function loadExperiment(file: string, overrides: readonly string[] = []): Experiment {
  return resolveExperiment(readUserFile(file), { file, overrides, files: disk });
}
