// What kill -9 does to the real program, at random moments of every phase: a process is looked at from outside (kill/moment.ts)
// until it is in the phase, stopped, looked at once more, and killed where it stands; then all that docs/reliability.md promises
// is checked (kill/promises.ts), goes on with the next command, and is compared with what nobody stopped. Half of the runs are
// killed once more on their way on.
// Columns:
//   killed    rounds whose kill hit the phase; the others ended before it came
//   missing   values of the run: the time from the last one that was committed to the kill, at most

import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import Database from "better-sqlite3";
import { UserError } from "../src/errors.ts";
import { type RandomStream, randomStream } from "../src/random.ts";
import { checkpointFiles, checkpointFolder } from "../src/runner/checkpoints.ts";
import { databasePath, hasDatabase } from "../src/store/open-database.ts";
import { openStore } from "../src/store/open-store.ts";
import type { Bench } from "./bench.ts";
import { countsOf } from "./counts.ts";
import { signal, standStill, type View, viewOf } from "./kill/moment.ts";
import { type Phase, phases } from "./kill/phases.ts";
import {
  type CrashedRun,
  checkpointFaults,
  differences,
  leftovers,
  lookAtDatabase,
} from "./kill/promises.ts";
import { benchRun, declareLosses, fileSystemOf, saveBenchDataset } from "./log-rows.ts";
import { type Ended, type Started, startProgram, withBuiltProgram } from "./program.ts";
import type { Table } from "./results.ts";

const experiment = `model: alpha
dataset: {kind: synthetic, count: 200}
image: {size: 32}
train: {epochs: 5, batch_size: 4}
samples: {every: 1, seen: 12, unseen: 12}
checkpoint: {every: 1, keep: 4}
metrics: [psnr, ssim]
`;
const sweep = "experiment: experiment.yaml\nmethod: grid\nparameters: {seed: {values: [1, 2]}}\n";
const sweepArgs = ["sweep", "sweep.yaml", "--workers", "2"];
const mostMissingMs = 1000;
const attempts = 4;

/** `kill`, or with other numbers `kill --rounds 20 --seed 2`. One round takes some ten seconds. */
export function benchKill(args: readonly string[]): Bench {
  if (process.platform !== "linux") throw new UserError("needs Linux, which says what processes hold");
  const { rounds, seed } = countsOf(args, { rounds: 200, seed: 1 });
  return { versions: [], tables: measured(rounds, seed) };
}

type Outcome = {
  readonly hit: boolean;
  readonly missingMs: number | null;
  readonly faults: readonly string[];
};

/** What nobody stopped. */
type Whole = {
  readonly folder: string;
  readonly run: readonly [runs: string, id: string];
  readonly trials: readonly (readonly [runs: string, id: string])[];
  /** A store to be merged, with the run and many others. */
  readonly source: string;
  readonly report: string;
};

async function* measured(rounds: number, seed: number): AsyncGenerator<Table> {
  const base = mkdtempSync(join(tmpdir(), "hueristic-kill-"));
  const found = await withBuiltProgram(async () => {
    const whole = await makeWhole(join(base, "whole"));
    const outcomes = new Map<Phase, Outcome[]>(phases.map((phase) => [phase, []]));
    for (let round = 0; round < rounds; round++) {
      const phase = phases[round % phases.length]!;
      const folder = join(base, `round-${round}`);
      const outcome = await killOnce(phase, folder, whole, randomStream("kill", seed, round));
      outcomes.get(phase)!.push(outcome);
      console.error(`round ${round + 1}/${rounds}: ${[phase.name, ...lines(outcome)].join("; ")}`);
      if (outcome.faults.length === 0) rmSync(folder, { recursive: true });
    }
    return [...outcomes];
  });
  const faults = found.flatMap(([, outcomes]) => outcomes.flatMap((outcome) => outcome.faults));
  if (faults.length === 0) rmSync(base, { recursive: true });
  else {
    console.error(`what was left is in ${base}`);
    process.exitCode = 1;
  }
  const total = found.reduce((sum, [, outcomes]) => sum + outcomes.filter(({ hit }) => hit).length, 0);
  yield {
    title: `kill -9: ${total} kills`,
    columns: ["phase", "command", "rounds", "killed", "faults", "missing, ms"],
    rows: found.map(([{ name, command }, outcomes]) => [
      name,
      command,
      `${outcomes.length}`,
      `${outcomes.filter(({ hit }) => hit).length}`,
      `${outcomes.reduce((sum, { faults }) => sum + faults.length, 0)}`,
      missingOf(outcomes),
    ]),
    notes: [`Seed ${seed}; on ${fileSystemOf(tmpdir())}.`, ...faults],
  };
}

const lines = ({ hit, missingMs, faults }: Outcome) => [
  hit ? "killed" : "ended before",
  ...(missingMs === null ? [] : [`${missingMs} ms missing`]),
  ...faults,
];

function missingOf(outcomes: readonly Outcome[]): string {
  const all = outcomes.flatMap(({ missingMs }) => (missingMs === null ? [] : [missingMs]));
  return all.length === 0 ? "" : `<= ${Math.max(...all)}`;
}

async function makeWhole(folder: string): Promise<Whole> {
  const cwd = newFolder(folder);
  const complete = async (...args: string[]) => {
    const { end, output } = await startProgram(args, cwd, temporaryOf(cwd)).ended;
    if (end !== 0) throw new Error(`hueristic ${args.join(" ")}: ended with ${end}\n${output}`);
  };
  await complete("run", "experiment.yaml");
  const runs = join(cwd, "runs");
  const [id] = runIds(runs);
  await complete("report", id!, "--out", "report.html");
  const source = join(cwd, "source");
  cpSync(runs, source, { recursive: true });
  logMany(source);
  await complete(...sweepArgs, "--runs", "swept");
  const swept = join(cwd, "swept");
  const trials = runsOfTrials(swept).map((trial) => [swept, trial] as const);
  return { folder, run: [runs, id!], trials, source, report: join(cwd, "report.html") };
}

const temporaryOf = (folder: string) => join(folder, "tmp");

function newFolder(folder: string): string {
  mkdirSync(temporaryOf(folder), { recursive: true });
  writeFileSync(join(folder, "experiment.yaml"), experiment);
  writeFileSync(join(folder, "sweep.yaml"), sweep);
  return folder;
}

/** So that a merge takes a while. */
function logMany(runs: string): void {
  const store = openStore(runs);
  saveBenchDataset(store);
  const names = Array.from({ length: 9 }, (_, at) => `loss_${at}`);
  for (let run = 0; run < 100; run++) {
    const writer = store.createRun(benchRun);
    declareLosses(writer, ...names);
    for (let step = 1; step <= 100; step++)
      writer.logScalars(step, Object.fromEntries(names.map((name, at) => [`train/${name}`, at / step])));
    writer.finish("FINISHED");
  }
  store.close();
}

async function killOnce(phase: Phase, folder: string, whole: Whole, stream: RandomStream): Promise<Outcome> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    rmSync(folder, { recursive: true, force: true });
    newFolder(folder);
    const runs = join(folder, "runs");
    if (phase.command === "report") cpSync(whole.run[0], runs, { recursive: true });
    else if (phase.command === "import") openStore(runs).close();
    const command = firstCommand(phase, folder, whole);
    const started = startProgram(command, folder, temporaryOf(folder));
    const killedAt = await killWithin(phase, runs, started, stream);
    const { end, output } = await started.ended;
    if (killedAt !== null) return after(phase, folder, whole, killedAt, { end, output }, stream);
    if (end !== 0)
      return { hit: false, missingMs: null, faults: [`${command[0]}: ended with ${end}: ${output}`] };
  }
  return { hit: false, missingMs: null, faults: [] };
}

function firstCommand({ command }: Phase, folder: string, whole: Whole): string[] {
  if (command === "run") return ["run", "experiment.yaml"];
  if (command === "sweep") return sweepArgs;
  if (command === "import") return ["import", whole.source];
  // One that was written before lies there.
  cpSync(whole.report, join(folder, "report.html"));
  return ["report", whole.run[1], "--out", "report.html"];
}

/** When it was killed, milliseconds since 1970; null where it ended before. */
async function killWithin(phase: Phase, runs: string, started: Started, stream: RandomStream) {
  const { pid, hasEnded } = started;
  const view = viewOf(runs, pid);
  const passes = stream.below(phase.mostPasses + 1);
  let [seen, was] = [0, false];
  try {
    while (!hasEnded()) {
      await sleep(1);
      const isNow = phase.isNow(view);
      if (isNow && !was) seen++;
      was = isNow;
      if (!isNow || seen <= passes) continue;
      if (phase.spreadMs > 0) await sleep(stream.uniform() * phase.spreadMs);
      if (!(await standStill(pid))) continue;
      if (phase.isNow(view)) {
        const killedAt = Date.now();
        for (const victim of victimsOf(phase, view, pid, stream)) signal(victim, "SIGKILL");
        signal(-pid, "SIGCONT");
        return killedAt;
      }
      signal(-pid, "SIGCONT");
    }
    return null;
  } finally {
    view.close();
  }
}

/** Of a sweep one worker, which another one then stands in for, its parent, or all of them: workers have groups of their own. */
function victimsOf({ command }: Phase, view: View, pid: number, stream: RandomStream): number[] {
  const workers = command === "sweep" ? view.holders() : [];
  return workers.length === 0 ? [-pid] : [[workers[0]!], [-pid], [-pid, ...workers]][stream.below(3)]!;
}

/** What of the promises does not hold. */
async function after(
  phase: Phase,
  folder: string,
  whole: Whole,
  killedAt: number,
  killed: Ended,
  stream: RandomStream,
): Promise<Outcome> {
  const runs = join(folder, "runs");
  const faults: string[] = [];
  const look = (): CrashedRun | undefined => {
    const crashed = lookAtDatabase(runs, join(folder, "copy"));
    faults.push(...crashed.faults);
    for (const run of crashed.runs) faults.push(...checkpointFaults(runs, run));
    return crashed.runs[0];
  };
  let missingMs: number | null = null;
  const run = look();
  if (phase.command === "run" && run !== undefined && !run.isEvaluating) {
    missingMs = Math.max(0, killedAt - run.lastAt);
    if (missingMs > mostMissingMs) faults.push(`${phase.name}: up to ${missingMs} ms are missing`);
  }

  if (phase.command === "report") faults.push(...reportFaults(folder, whole));
  if (killed.end === "SIGKILL") {
    let command: readonly string[] = [];
    const goOn = (from: CrashedRun | undefined) => {
      command = nextCommand(phase, folder, whole, from);
      return startProgram(command, folder, temporaryOf(folder));
    };
    const isAgain = phase.command === "run" && stream.below(2) === 0;
    const hasEnded = isAgain && (await killLater(goOn(run), stream));
    const { end, output } = hasEnded || (await goOn(isAgain ? look() : run).ended);
    if (end !== 0) faults.push(`${command.join(" ")}: ended with ${end}: ${output.trim()}`);
  } else if (killed.end !== 0)
    faults.push(`a sweep whose worker was killed: ended with ${killed.end}: ${killed.output.trim()}`);

  if (phase.command === "run") {
    const all = runIds(runs);
    if (all.length !== 1) faults.push(`expected one run, got ${all.length}`);
    else faults.push(...differences([runs, all[0]!], whole.run));
  }
  if (phase.command === "sweep")
    for (const [at, id] of runsOfTrials(runs).entries())
      faults.push(...differences([runs, id], whole.trials[at]!));
  if (phase.command === "import")
    for (const id of runIds(whole.source)) faults.push(...differences([runs, id], [whole.source, id]));
  if (phase.command === "report") faults.push(...reportFaults(folder, whole));
  faults.push(...leftovers(runs, temporaryOf(folder)));
  return { hit: true, missingMs, faults: faults.map((fault) => `${phase.name}: ${fault}`) };
}

/** How it ended where it was through before; else false. */
async function killLater({ pid, ended }: Started, stream: RandomStream): Promise<Ended | false> {
  await sleep(300 + 1500 * stream.uniform());
  signal(-pid, "SIGKILL");
  const end = await ended;
  return end.end === "SIGKILL" ? false : end;
}

function nextCommand(phase: Phase, folder: string, whole: Whole, run: CrashedRun | undefined): string[] {
  if (phase.command !== "run" || run === undefined) return firstCommand(phase, folder, whole);
  const hasCheckpoint = checkpointFiles(checkpointFolder(join(folder, "runs"), run.id)).length > 0;
  return ["run", "--resume", run.id, ...(run.step > 0 && !hasCheckpoint ? ["--from-scratch"] : [])];
}

/** The report is the one from before or a new one, which differ in their date. */
function reportFaults(folder: string, whole: Whole): string[] {
  const page = (file: string) => readFileSync(file, "utf8").replace(/Written [^<]* by Hueristic/, "");
  return page(join(folder, "report.html")) === page(whole.report) ? [] : ["the report is not whole"];
}

function runIds(runs: string): string[] {
  return idsBy(runs, "SELECT id FROM runs ORDER BY created_at, id");
}

function runsOfTrials(runs: string): string[] {
  return idsBy(runs, "SELECT run_id FROM trials WHERE state = 'complete' ORDER BY number");
}

function idsBy(runs: string, sql: string): string[] {
  if (!hasDatabase(runs)) return [];
  const database = new Database(databasePath(runs), { readonly: true });
  try {
    return database.prepare<[], string>(sql).pluck().all();
  } finally {
    database.close();
  }
}
