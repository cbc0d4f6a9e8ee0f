// From the text of a sweep file, or of an experiment with Hydra's overrides, to a complete Sweep. Pure but for the files
// handed in; every problem at once.

import path from "node:path";
import { UserError } from "../../errors.ts";
import { problemsError } from "../../experiment/complete-experiment.ts";
import type { Experiment } from "../../experiment/experiment.ts";
import { at, problemsOf } from "../../experiment/problems/issue-problems.ts";
import { knownKeys } from "../../experiment/problems/known-keys.ts";
import { readReportSection } from "../../experiment/report-section.ts";
import { type ExperimentFiles, unreadable } from "../../experiment/text/files.ts";
import {
  describe,
  type Located,
  type LocatedMapping,
  type Path,
  type Place,
  type Problem,
  problemLine,
  quoted,
  toPlain,
} from "../../experiment/text/located.ts";
import { mostBytes, readYaml } from "../../experiment/text/read-yaml.ts";
import { nearMiss } from "../../near-miss.ts";
import type { WrittenLauncher } from "../launching/launcher.ts";
import { readSweepOverrides, withOverrides } from "../overrides.ts";
import type { Sweep } from "../sweep.ts";
import { type ReadBase, readBase } from "./base-experiment.ts";
import { tryConfigurations } from "./check-configurations.ts";
import { completeSweep } from "./complete-sweep.ts";
import { metricProblem } from "./metric-problem.ts";
import { removalProblems } from "./removal-problems.ts";
import { sweepProblems } from "./sweep-problems.ts";
import { ignoredKeys, refusedKeys, sweepSchema, type WrittenSweep } from "./sweep-schema.ts";
import { variantNames, withVariant } from "./variants.ts";

export type ReadSweepOptions = {
  /** Where the text comes from, as messages show it. */
  readonly file: string;
  readonly files: ExperimentFiles;
  /** The folder in which a relative `file` begins. */
  readonly cwd: string;
  /** One of the file's `variants`, such as "smoke". */
  readonly variant?: string | null;
  /** In place of the file's own `experiment`, which W&B's files lack. */
  readonly experiment?: string | null;
  /** Of the command line, such as "train.batch_size=16,32": they replace parameters of the file. */
  readonly overrides?: readonly string[];
};

export type ReadSweep = {
  readonly sweep: Sweep;
  /** Lines about keys that were taken and mean nothing here. */
  readonly notes: readonly string[];
  /** As the file has it; null where it has none. */
  readonly launcher: WrittenLauncher | null;
  /** Of the configurations that were tried: every value of every list, and both ends of every range, are among them. */
  readonly experiments: readonly Experiment[];
};

/** Throws a UserError whose message has one line for every problem. */
export function readSweep(text: string, options: ReadSweepOptions): ReadSweep {
  const { file, cwd } = options;
  const place: Place = { file, folder: path.dirname(path.resolve(cwd, file)), line: 1 };
  const yaml = readYaml(text, place);
  if (yaml.value === null) throw problemsError(yaml.problems);
  const overrides = readSweepOverrides(options.overrides ?? [], cwd);
  const wrong = notASweep(yaml.value, place);
  if (
    wrong !== null &&
    yaml.value.type === "mapping" &&
    (options.overrides ?? []).length > 0 &&
    !options.experiment
  )
    return readSweep("method: grid", { ...options, experiment: file });
  if (wrong !== null || yaml.value.type !== "mapping") throw problemsError([wrong!]);

  const notes: string[] = [];
  const problems: Problem[] = [...overrides.problems];
  const known = withoutForeignKeys(yaml.value, notes, problems);
  const chosen = options.variant ?? null;
  const flat = withVariant(known, chosen);
  problems.push(...flat.problems);
  // A variant that nobody asks for is looked at as well: a slip in it shows today.
  for (const name of variantNames(known).filter((each) => each !== chosen)) {
    const other = withVariant(known, name);
    problems.push(...other.problems);
    check(other.value, problems);
  }
  const root = withOverrides(flat.value, overrides);
  const written = check(root, problems);
  if (problems.length === 0 && written !== null && isEmpty(written)) {
    const text = "expected at least one parameter, or seeds, got none";
    problems.push({ place: at(root, ["parameters"]).place, path: ["parameters"], text });
  }
  const base = baseOf(root, written, options, problems);
  if (base?.layers.value) problems.push(...removalProblems(overrides, base.layers.value, written));
  if (written === null || base === null || problems.length > 0)
    throw problemsError([...problems, ...(base?.layers.problems ?? [])]);

  const name = [path.basename(file).replace(/\.ya?ml$/, ""), options.variant].filter(Boolean).join("-");
  const sweep: Sweep = { ...completeSweep(written, root, name), base: base.base, removed: overrides.removed };
  const { experiments, lines } = tryConfigurations(sweep, base.layers);
  if (lines.length > 0) throw new UserError(lines.join("\n"));
  const unmeasured = metricProblem(sweep.metric.series, written.metric?.goal, experiments);
  if (written.metric !== undefined && unmeasured !== null)
    throw problemsError([{ ...at(root, ["metric", unmeasured.key]), text: unmeasured.text }]);
  return { sweep, notes, launcher: written.launcher ?? null, experiments };
}

function isEmpty({ parameters, seeds }: WrittenSweep): boolean {
  return Object.keys(parameters).length === 0 && seeds === undefined;
}

function notASweep(value: Located, place: Place): Problem | null {
  const example = 'such as "method: grid" with parameters';
  if (value.type === "mapping") {
    if (value.entries.has("method") || value.entries.has("parameters")) return null;
    const text = `expected a sweep, ${example}, or an experiment followed by such as train.batch_size=16,32`;
    return { place, path: [], text: `${text}; got neither method nor parameters` };
  }
  const got = value.type === "scalar" && value.value !== null ? quoted(value.source) : describe(value);
  return { place: value.place, path: [], text: `expected a sweep, ${example}, got ${got}` };
}

function withoutForeignKeys(root: LocatedMapping, notes: string[], problems: Problem[]): LocatedMapping {
  const entries = new Map<string, Located>();
  for (const [key, value] of root.entries) {
    const ignored = Object.hasOwn(ignoredKeys, key) ? ignoredKeys[key] : undefined;
    const refused = Object.hasOwn(refusedKeys, key) ? refusedKeys[key] : undefined;
    if (ignored !== undefined)
      notes.push(problemLine({ place: value.place, path: [key], text: `not used, ${ignored}` }));
    else if (key === "report") problems.push(...readReportSection(value).problems);
    else if (refused !== undefined) problems.push({ place: value.place, path: [key], text: refused });
    else entries.set(key, value);
  }
  return { ...root, entries };
}

/** null where the schema refuses it; what is wrong goes into `problems`. */
function check(root: Located, problems: Problem[]): WrittenSweep | null {
  const plain = toPlain(root);
  const unknown = (where: Path, key: string) => unknownKeyText(where, key, plain);
  const result = sweepSchema.safeParse(plain);
  if (!result.success) {
    problems.push(...result.error.issues.flatMap((issue) => problemsOf(issue, root, unknown)));
    return null;
  }
  problems.push(...sweepProblems(result.data).map(({ path: where, text }) => ({ ...at(root, where), text })));
  return result.data;
}

function unknownKeyText(where: Path, key: string, plain: unknown): string {
  const known = knownKeys(where, plain, sweepSchema);
  const all = where.length === 0 ? [...known, "variants", "report"] : known;
  const near = nearMiss(key, all);
  return `unknown key${near === null ? "" : `, did you mean ${near}?`} (known: ${all.join(", ")})`;
}

function baseOf(
  root: LocatedMapping,
  written: WrittenSweep | null,
  options: ReadSweepOptions,
  problems: Problem[],
): ReadBase | null {
  const { cwd, files, experiment } = options;
  if (experiment) return readBaseFile(experiment, cwd, files, { ...root.place, line: null }, problems);
  if (written === null) return null;
  if (written.experiment === undefined) {
    const text = "expected the file of an experiment, such as experiment: base.yaml, got none";
    problems.push({ place: root.place, path: ["experiment"], text });
    return null;
  }
  const { place } = root.entries.get("experiment")!;
  const shown = path.isAbsolute(written.experiment)
    ? written.experiment
    : path.join(path.dirname(place.file), written.experiment);
  return readBaseFile(shown, cwd, files, place, problems);
}

function readBaseFile(
  file: string,
  cwd: string,
  files: ExperimentFiles,
  place: Place,
  problems: Problem[],
): ReadBase | null {
  const absolute = path.resolve(cwd, file);
  const problem = (text: string) => {
    problems.push({ place, path: ["experiment"], text });
    return null;
  };
  try {
    const text = files.read(absolute, mostBytes);
    if (text === null) return problem(`expected at most ${mostBytes / 1024} kB, got a larger file`);
    return readBase(file, text, cwd, files);
  } catch (error) {
    return problem(unreadable(error, absolute, files, file));
  }
}
