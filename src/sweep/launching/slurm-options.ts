// What a user may say to Slurm, in the words of submitit (github.com/facebookincubator/submitit, MIT): the names of its
// SlurmExecutor and of its executor for all clusters. Any other key goes to sbatch as it is, once its form was looked at.

import { nearMiss } from "../../near-miss.ts";

export type SlurmValue = string | number | boolean;

export type SlurmOptions = {
  /** Agents at most, and so the tasks of the array. */
  readonly arrayParallelism: number;
  /** Before Slurm ends a task, so many seconds, the agent is told to save. */
  readonly signalDelaySeconds: number;
  /** Lines of shell that are run before the agent, such as `module load cuda`. */
  readonly setup: readonly string[];
  /** Options of sbatch, without their dashes: name -> value; true is a flag. */
  readonly sbatch: ReadonlyMap<string, SlurmValue>;
};

/** submitit's names that are not sbatch's own. */
const translated: Readonly<Record<string, (value: SlurmValue) => readonly [string, SlurmValue]>> = {
  timeout_min: (value) => ["time", value],
  mem_gb: (value) => ["mem", typeof value === "number" ? `${Math.ceil(value * 1024)}M` : `${value}G`],
  name: (value) => ["job-name", value],
  tasks_per_node: (value) => ["ntasks-per-node", value],
};

/** What the script says itself. */
const ours: Readonly<Record<string, string>> = {
  array: "array_parallelism says how many agents there are",
  signal: "signal_delay_s says how early the agent is told to save",
  output: "the log lies beside the script",
  error: "the log lies beside the script",
  stderr_to_stdout: "the log holds both",
  open_mode: "the log is added to",
  requeue: "a task that is stopped is always put back into the queue",
  no_requeue: "a task that is stopped is always put back into the queue",
  wrap: "the script starts an agent",
  wait: "the login shell need not stay",
  test_only: "--dry-run shows the script",
  parsable: "the command reads what sbatch prints",
  chdir: "an agent finds its files by absolute paths",
};

const mostTasks = 1;

const submititKeys: readonly string[] = [
  ...[
    "timeout_min",
    "mem_gb",
    "name",
    "nodes",
    "tasks_per_node",
    "cpus_per_task",
    "gpus_per_node",
    "gpus_per_task",
  ],
  ...["cpus_per_gpu", "partition", "qos", "account", "constraint", "comment", "gres", "mem", "mem_per_gpu"],
  ...[
    "mem_per_cpu",
    "time",
    "exclude",
    "nodelist",
    "exclusive",
    "mail_type",
    "mail_user",
    "dependency",
    "wckey",
  ],
  ...["setup", "signal_delay_s", "array_parallelism", "additional_parameters"],
];

export type OptionProblem = { readonly path: readonly string[]; readonly text: string };

/** Plain data of the sweep's file or of the command line; every problem at once. */
export function readSlurmOptions(given: Readonly<Record<string, unknown>>): {
  readonly options: SlurmOptions;
  readonly problems: readonly OptionProblem[];
} {
  const problems: OptionProblem[] = [];
  const sbatch = new Map<string, SlurmValue>();
  const [special, rest] = split(given, [
    "array_parallelism",
    "signal_delay_s",
    "setup",
    "additional_parameters",
  ]);
  const whole = (key: string, fallback: number, least: number) => {
    const value = special[key] ?? fallback;
    if (typeof value === "number" && Number.isInteger(value) && value >= least) return value;
    problems.push({
      path: [key],
      text: `expected a whole number, at least ${least}, got ${JSON.stringify(value)}`,
    });
    return fallback;
  };
  const options = {
    arrayParallelism: whole("array_parallelism", 256, 1),
    signalDelaySeconds: whole("signal_delay_s", 120, 1),
    setup: linesOf(special.setup, problems),
    sbatch,
  };
  const additional = special.additional_parameters ?? {};
  const isMapping = typeof additional === "object" && additional !== null && !Array.isArray(additional);
  if (!isMapping)
    problems.push({ path: ["additional_parameters"], text: "expected a mapping of options of sbatch" });
  const all = [
    ...Object.entries(rest).map(([key, value]) => [[key], value] as const),
    ...Object.entries(isMapping ? additional : {}).map(
      ([key, value]) => [["additional_parameters", key], value] as const,
    ),
  ];
  for (const [path, value] of all) {
    const key = path.at(-1)!;
    const text = problemOf(key, value);
    if (text !== null) problems.push({ path, text });
    else {
      const plain = value as SlurmValue;
      const own = Object.hasOwn(translated, key) ? translated[key]!(plain) : null;
      const [name, meant] = own ?? [key.replaceAll("_", "-"), plain];
      if (meant !== false) sbatch.set(name, meant);
    }
  }
  return { options, problems };
}

function problemOf(key: string, value: unknown): string | null {
  if (!/^[a-z][a-z0-9_-]*$/.test(key)) {
    return "expected the name of an option of sbatch: small letters, digits, _ and -";
  }
  const underscored = key.replaceAll("-", "_");
  if (Object.hasOwn(ours, underscored)) return `the script says it itself: ${ours[underscored]}`;
  if (["nodes", "tasks_per_node", "ntasks", "ntasks_per_node"].includes(underscored) && value !== mostTasks)
    return `expected 1, as an agent is one process, got ${JSON.stringify(value)}; array_parallelism says how many there are`;
  if (typeof value === "number" && Number.isFinite(value)) return null;
  if (typeof value === "boolean") return null;
  if (typeof value !== "string" || value === "") {
    const near = nearMiss(key, submititKeys);
    const hint = near === null || near === key ? "" : ` (did you mean ${near}?)`;
    return `expected a text, a number, true or false, got ${JSON.stringify(value)}${hint}`;
  }
  // sbatch reads these lines itself, with quotes but without a way to write every character.
  return /^[\x20-\x7e]+$/.test(value) && !/["'\\`$]/.test(value)
    ? null
    : "expected printable ASCII without quotes, backslashes, backticks and $";
}

function linesOf(given: unknown, problems: OptionProblem[]): readonly string[] {
  if (given === undefined) return [];
  const lines: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (lines.every((line): line is string => typeof line === "string")) return lines;
  problems.push({ path: ["setup"], text: "expected a list of lines of shell" });
  return [];
}

function split(given: Readonly<Record<string, unknown>>, names: readonly string[]) {
  const entries = Object.entries(given);
  const isSpecial = ([key]: readonly [string, unknown]) => names.includes(key);
  return [
    Object.fromEntries(entries.filter(isSpecial)) as Record<string, unknown>,
    Object.fromEntries(entries.filter((entry) => !isSpecial(entry))),
  ] as const;
}
