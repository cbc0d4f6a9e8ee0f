// The experiment under a sweep, pinned: its texts are kept with the sweep, so that every process lays the parameters
// over the same words, whatever becomes of the files.

import path from "node:path";
import type { ExperimentFiles, Layers } from "../../experiment/text/files.ts";
import { readLayers } from "../../experiment/text/files.ts";
import type { BaseExperiment } from "../sweep.ts";

export type ReadBase = { readonly base: BaseExperiment; readonly layers: Layers };

/** Reads `file` and what it extends. Problems of reading are in `layers`. Throws what `files` throws for `file` itself. */
export function readBase(file: string, text: string, cwd: string, files: ExperimentFiles): ReadBase {
  const texts: Record<string, string> = { [path.resolve(cwd, file)]: text };
  const recording: ExperimentFiles = {
    read(name, most) {
      const content = files.read(name, most);
      if (content !== null) texts[name] = content;
      return content;
    },
    list: (folder) => files.list(folder),
  };
  const layers = readLayers(text, file, cwd, recording);
  return { base: { file, cwd, texts }, layers };
}

/** The same layers again, out of the kept texts. */
export function layersOf({ file, cwd, texts }: BaseExperiment): Layers {
  const kept: ExperimentFiles = {
    read(name) {
      const content = texts[name];
      if (content === undefined) throw new Error(`${name}: is not among the texts of the sweep`);
      return content;
    },
    list: () => [],
  };
  return readLayers(kept.read(path.resolve(cwd, file), 0)!, file, cwd, kept);
}
