// A report that can be made again: which runs, which page, its title, its text, which sections in which order.

import path from "node:path";
import { UserError } from "../errors.ts";
import { type ReportSection, readReportSection } from "../experiment/report-section.ts";
import { describe, problemLines } from "../experiment/text/located.ts";
import { readYaml } from "../experiment/text/read-yaml.ts";

/** `runs` is empty where the command line names them. */
export type Definition = ReportSection & { readonly runs: readonly string[] };

/** Whether the text has a `report:` section, or is a definition by itself. */
export function isDefinition(text: string): boolean {
  return /^report\s*:/m.test(text) || /^(runs|panels)\s*:/m.test(text);
}

/**
 * Of a file with a `report:` section only that is read, and where it names no runs those made from that file are meant.
 * Throws UserError with a line for each problem.
 */
export function readDefinition(text: string, file: string): Definition {
  const at = { file, folder: path.dirname(path.resolve(file)), line: 1 };
  const { value: root, problems } = readYaml(text, at);
  if (root === null || problems.length > 0) throw new UserError(problemLines(problems));
  const own = root.type === "mapping" ? root.entries.get("report") : undefined;
  if (root.type !== "mapping")
    throw new UserError(`${file}: expected keys such as title, text and runs, got ${describe(root)}`);
  const read = readReportSection(own ?? root, own === undefined ? [] : ["report"]);
  if (read.problems.length > 0) throw new UserError(problemLines(read.problems));
  return { ...read.section, runs: read.section.runs ?? (own === undefined ? [] : [file]) };
}
