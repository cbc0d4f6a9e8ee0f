// From text to a complete Experiment: read, compose, override, check, convert. Pure but for the files handed in.

import { homedir } from "node:os";
import path from "node:path";
import { type DatasetConfig, hasOfficialSides, pathsOf } from "../datasets/datasets.ts";
import { defaultHoldout } from "../datasets/shared-options.ts";
import { UserError } from "../errors.ts";
import { metricOf } from "../metrics/metrics.ts";
import { modelOf } from "../models/models.ts";
import { withTexts } from "../settings/paths.ts";
import type { Experiment } from "./experiment.ts";
import { validate } from "./problems/validate.ts";
import type { Written } from "./schema/schema.ts";
import {
  expandShorthands,
  itemProblems,
  merge,
  type Overrides,
  readOverrides,
  withoutCleared,
} from "./text/compose.ts";
import { type ExperimentFiles, type Layers, readLayers } from "./text/files.ts";
import { type Located, locate, located, type Path, type Problem, problemLines } from "./text/located.ts";
import { withUsualValues } from "./text/usual-values.ts";

export type ResolveOptions = {
  /** Where the text comes from, as messages show it. */
  readonly file: string;
  /** Such as "train.epochs=2". */
  readonly overrides?: readonly string[];
  /** For files that this one extends. */
  readonly files?: ExperimentFiles;
  /** The folder in which relative paths of `file` and of overrides begin. */
  readonly cwd?: string;
};

const noFiles: ExperimentFiles = {
  read: (file) => {
    throw Object.assign(new Error(`no such file: ${file}`), { code: "ENOENT" });
  },
  list: () => [],
};

/** Throws a UserError whose message has one line for every problem. */
export function resolveExperiment(text: string, options: ResolveOptions): Experiment {
  const { file, overrides = [], files = noFiles, cwd = process.cwd() } = options;
  const layers = readLayers(text, file, cwd, files);
  return resolveLayers(layers, readOverrides(overrides, cwd), file);
}

/**
 * A complete experiment from plain data with the keys of the files: defaults filled in, checked as a file is. `name` is what
 * messages call it. Throws a UserError whose message has one line for every problem.
 */
export function completeExperiment(
  written: Readonly<Record<string, unknown>>,
  name = "experiment",
  overrides: readonly string[] = [],
): Experiment {
  const cwd = process.cwd();
  const place = { file: name, folder: cwd, line: null };
  const layers = { value: expandShorthands(located(written, place)), problems: [] };
  return resolveLayers(layers, readOverrides(overrides, cwd), name);
}

/** The same for a file that was read, with what is laid over it. Throws a UserError as well. */
export function resolveLayers(layers: Layers, above: Overrides, file: string): Experiment {
  if (layers.value === null) throw problemsError([...layers.problems, ...above.problems]);
  const root = withUsualValues(withoutCleared(merge(layers.value, above.value)));
  const { written, problems } = validate(root);
  const items = itemProblems(layers.value, above.value);
  const all = [...layers.problems, ...problems, ...above.problems, ...items];
  if (written === null || all.length > 0) throw problemsError(all);
  return complete(written, root, file);
}

/** In the order of the files and their lines, the command line last. */
export function problemsError(problems: readonly Problem[]): UserError {
  const files = [...new Set(problems.map(({ place }) => place.file))];
  const rank = ({ place }: Problem) => (place.line === null ? files.length : files.indexOf(place.file));
  const sorted = problems.toSorted((a, b) => rank(a) - rank(b) || (a.place.line ?? 0) - (b.place.line ?? 0));
  return new UserError(problemLines(sorted));
}

function complete(written: Written, root: Located, file: string): Experiment {
  const { name, description, tags, seed, engine, device, precision, deterministic, ...sections } = written;
  const { model, dataset, log, metrics, evaluate, ...rest } = sections;
  /** `value` stands at `at`, and names files or folders at `paths`. */
  const absolute = <Value>(value: Value, paths: readonly Path[], at: Path): Value =>
    withTexts(value, paths, (given, where) => absolutePath(given, root, [...at, ...where]));
  // In the order in which experiments are written, as YAML made from them keeps it.
  return {
    name: name ?? path.basename(file).replace(/\.ya?ml$/, ""),
    description,
    tags,
    seed,
    engine,
    device,
    precision,
    deterministic,
    model: absolute(model, modelOf(model).paths(model), ["model"]),
    dataset: absolute(completeDataset(dataset), pathsOf(dataset), ["dataset"]),
    ...rest,
    log: absolute(log, log.tensorboard === null ? [] : [["tensorboard"]], ["log"]),
    metrics: metrics.map((metric, place) => absolute(metric, metricOf(metric).paths, ["metrics", place])),
    evaluate: Object.fromEntries(
      Object.entries(evaluate).map(([set, config]) => [
        set,
        absolute(config, pathsOf(config), ["evaluate", set]),
      ]),
    ),
  };
}

function completeDataset(dataset: Written["dataset"]): DatasetConfig {
  return { ...dataset, holdout: hasOfficialSides(dataset) ? null : (dataset.holdout ?? defaultHoldout) };
}

/** Relative paths start where they were written. */
function absolutePath(given: string, root: Located, at: Path): string {
  const { folder } = locate(root, at).value.place;
  return path.resolve(folder, given.replace(/^~(?=$|[/\\])/, homedir()));
}
