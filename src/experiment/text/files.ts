// Experiment files and those that they extend, as one located value.

import path from "node:path";
import { messageOf } from "../../errors.ts";
import { nearMiss } from "../../near-miss.ts";
import { readReportSection } from "../report-section.ts";
import { expandShorthands, merge } from "./compose.ts";
import { describe, type Located, type Place, type Problem, quoted } from "./located.ts";
import { mostBytes, readYaml, topLevelProblem } from "./read-yaml.ts";

/** The part of a file system that experiments need; tests hand in one of their own. */
export type ExperimentFiles = {
  /** Throws what node:fs throws, such as ENOENT, EISDIR and EACCES; gives null for more than `most` bytes. */
  read(file: string, most: number): string | null;
  /** File names in a folder; empty where it cannot be listed. */
  list(folder: string): readonly string[];
};

export type Layers = { readonly value: Located | null; readonly problems: readonly Problem[] };

/** `file` is shown in messages as given; relative ones start at `cwd`. */
export function readLayers(text: string, file: string, cwd: string, files: ExperimentFiles): Layers {
  const problems: Problem[] = [];
  const known = new Map<string, Located | null>();

  const compose = (content: string, shown: string, chain: readonly string[]): Located | null => {
    const absolute = path.resolve(cwd, shown);
    const place: Place = { file: shown, folder: path.dirname(absolute), line: 1 };
    if (Buffer.byteLength(content) > mostBytes) {
      problems.push(tooLarge(place));
      return null;
    }
    const read = readYaml(content, place);
    problems.push(...read.problems);
    if (read.value === null) return null;
    const wrong = topLevelProblem(read.value, place);
    if (wrong !== null) problems.push(wrong);
    if (wrong !== null || read.value.type !== "mapping") return null;

    const entries = new Map(read.value.entries);
    const extended = entries.get("extends");
    entries.delete("extends");
    const report = entries.get("report");
    if (report !== undefined) problems.push(...readReportSection(report).problems);
    entries.delete("report");
    const own = expandShorthands({ ...read.value, entries });
    let below: Located | null = null;
    for (const reference of references(extended)) {
      const layer = parent(reference, shown, [...chain, absolute]);
      if (layer === null) return null;
      below = below === null ? layer : merge(below, layer);
    }
    return below === null ? own : merge(below, own);
  };

  const references = (extended: Located | undefined): { name: string; place: Place }[] => {
    if (extended === undefined) return [];
    return (extended.type === "list" ? extended.items : [extended]).flatMap((item) => {
      if (item.type === "scalar" && typeof item.value === "string" && item.value !== "") {
        return [{ name: item.value, place: item.place }];
      }
      const expected = "expected a file or a list of files";
      problems.push({ place: item.place, path: ["extends"], text: `${expected}, got ${describe(item)}` });
      return [];
    });
  };

  const parent = (
    { name, place }: { name: string; place: Place },
    child: string,
    chain: readonly string[],
  ): Located | null => {
    const shown = path.isAbsolute(name) ? name : path.join(path.dirname(child), name);
    const absolute = path.resolve(cwd, shown);
    const problem = (what: string) => {
      problems.push({ place, path: ["extends"], text: what });
      return null;
    };
    if (chain.includes(absolute)) {
      const circle = [...chain.slice(chain.indexOf(absolute)), absolute].map((one) => path.basename(one));
      return problem(`expected files that end somewhere, got a circle: ${circle.join(" -> ")}`);
    }
    const before = known.get(absolute);
    if (before !== undefined) return before;
    let content: string | null;
    try {
      content = files.read(absolute, mostBytes);
    } catch (error) {
      return problem(unreadable(error, absolute, files, name));
    }
    const layer =
      content === null
        ? problem(`expected at most ${mostBytes / 1024} kB, got a larger file`)
        : compose(content, shown, chain);
    known.set(absolute, layer);
    return layer;
  };

  return { value: compose(text, file, []), problems };
}

export function tooLarge(place: Place): Problem {
  const most = `${mostBytes / 1024} kB`;
  return { place, path: [], text: `expected an experiment of at most ${most}, got a larger file` };
}

/**
 * "expected …, got …" for an error of node:fs; `name` is how another file names it.
 * Throws what is not the user's to mend.
 */
export function unreadable(error: unknown, absolute: string, files: ExperimentFiles, name?: string): string {
  const named = (what: string, alone: string) => (name === undefined ? alone : `${quoted(name)}, ${what}`);
  switch ((error as NodeJS.ErrnoException).code) {
    case "ENOENT":
    case "ENOTDIR":
      return `expected an experiment file, got ${named("which does not exist", "no such file")}${nearFile(absolute, files)}`;
    case "EISDIR":
      return `expected an experiment file, got ${named("which is a folder", "a folder")}${insideFolder(absolute, files)}`;
    case "EACCES":
    case "EPERM":
    case "ELOOP":
    case "ENAMETOOLONG":
    case "EIO":
      return `expected a file that can be read, got ${messageOf(error)}`;
    default:
      throw error;
  }
}

const isExperiment = (name: string) => /\.ya?ml$/.test(name);
const stem = (name: string) => name.replace(/\.ya?ml$/, "");

function nearFile(absolute: string, files: ExperimentFiles): string {
  const folder = path.dirname(absolute);
  const names = files.list(folder).filter(isExperiment);
  const near = nearMiss(stem(path.basename(absolute)), names.map(stem));
  const found = names.find((name) => stem(name) === near);
  if (found !== undefined) return `, did you mean ${found}?`;
  return names.length === 0 ? "" : ` (this folder has: ${listed(names)})`;
}

function insideFolder(absolute: string, files: ExperimentFiles): string {
  const names = files.list(absolute).filter(isExperiment);
  return names.length === 0 ? "" : `, name one of its files: ${listed(names)}`;
}

function listed(names: readonly string[]): string {
  const shown = names.toSorted().slice(0, 8).join(", ");
  return names.length > 8 ? `${shown} and ${names.length - 8} more` : shown;
}
