// All that was trained off this machine, brought into its store before it is read: runs of the spool, and sweeps of several
// hosts as rows, for whatever reads trials. Merging again changes nothing.

import { existsSync } from "node:fs";
import type { Database } from "better-sqlite3";
import { messageOf } from "../../errors.ts";
import { databasePath, openForWriting, openReadOnly } from "../open-database.ts";
import { type MergeSpoolsOptions, mergeSpools } from "../spool/merge-spools.ts";
import { isOfFiles, storeError } from "../store-error.ts";
import { createSweepReader, type SweepRow, type TrialRow } from "../sweeps.ts";
import { listSharedSweeps, openSharedSweep, type SharedSweep, sharedSweepFolder } from "./shared-sweep.ts";

type Known = {
  readonly sweeps: ReadonlyMap<string, SweepRow>;
  trials(sweepId: string): readonly TrialRow[];
  /** Whether the store has a run, not in the trash. */
  hasRun(runId: string): boolean;
};

/** Throws nothing that only concerns what is shared: one sweep that cannot be read keeps no other one away. */
export function mergeShared(runsFolder: string, options: MergeSpoolsOptions): void {
  mergeSpools(runsFolder, options);
  const { warn, now = Date.now } = options;
  const path = databasePath(runsFolder);
  const orWarn = (what: string, work: () => void) => {
    try {
      work();
    } catch (thrown) {
      // What the system refuses names its file itself: it need not be the store.
      const told =
        (thrown as NodeJS.ErrnoException).syscall === undefined ? storeError(thrown, path) : thrown;
      if (!isOfFiles(told)) throw thrown;
      warn(`${what} not up to date here: ${messageOf(told)}`);
    }
  };
  orWarn(`${runsFolder}: sweeps of other hosts are`, () => {
    const shared = listSharedSweeps(runsFolder);
    if (shared.length === 0) return;
    const reading = existsSync(path) ? openReadOnly(path) : null;
    try {
      const known = reading && knownSweeps(reading);
      for (const row of shared)
        orWarn(`${sharedSweepFolder(runsFolder, row.id)}: is`, () =>
          mergeSweep(runsFolder, row, known, now()),
        );
    } finally {
      reading?.close();
    }
  });
}

function knownSweeps(database: Database): Known | null {
  try {
    const { listSweeps, trials } = createSweepReader(database);
    const select = database.prepare("SELECT 1 FROM runs WHERE id = ? AND deleted_at IS NULL");
    return {
      sweeps: new Map(listSweeps().map((sweep) => [sweep.id, sweep])),
      trials,
      hasRun: (id) => select.get(id) !== undefined,
    };
  } catch (thrown) {
    if (/no such (table|column)/.test(messageOf(thrown))) return null; // of an older version
    throw thrown;
  }
}

function mergeSweep(runsFolder: string, row: SweepRow, known: Known | null, at: number): void {
  const shared = openSharedSweep(runsFolder, row.id);
  if (shared === null) return;
  const before = new Map(known?.trials(row.id).map((trial) => [trial.number, trial]) ?? []);
  const isHere = (runId: string | null) => runId !== null && known?.hasRun(runId) === true;
  const changed = shared
    .trials()
    .flatMap((trial) => changeOf(trial, before.get(trial.number), shared, isHere) ?? []);
  const isKnown = known?.sweeps.get(row.id)?.definition === row.definition;
  if (isKnown && changed.length === 0) return;
  const database = openForWriting(runsFolder);
  try {
    write(database, row, changed, at);
  } finally {
    database.close();
  }
}

type Trial = ReturnType<SharedSweep["trials"]>[number];
type Change = Omit<TrialRow, "sweepId" | "heartbeatAt">;

/** What is done is read no second time, unless its run was deleted. */
function changeOf(
  trial: Trial,
  before: TrialRow | undefined,
  shared: SharedSweep,
  isHere: (runId: string | null) => boolean,
): Change | null {
  const { number, failures, deaths } = trial;
  // Nobody trains it until another agent takes it.
  const state = trial.state === "running" && shared.isGone(trial) ? "waiting" : trial.state;
  const isDone = state !== "running" && state !== "waiting";
  const isSame = before?.state === state && before.failures === failures && before.deaths === deaths;
  if (isDone && isSame && before.runId !== null) return null;
  const { parameters, seed, runId, error } = trial;
  const holder = state === "running" ? (trial.holder ?? "unknown") : null;
  const canHave = isHere(runId) ? runId : null;
  if (isSame && before.runId === canHave && before.holder === holder) return null;
  return { number, state, parameters, seed, runId, holder, failures, deaths, error };
}

function write(database: Database, row: SweepRow, changed: readonly Change[], at: number): void {
  const saveSweep = database.prepare(
    `INSERT INTO sweeps (id, name, created_at, definition) VALUES (:id, :name, :createdAt, :definition)
     ON CONFLICT (id) DO UPDATE SET definition = excluded.definition`,
  );
  // The run of a trial that began just now, or that was purged here, is not in the store.
  const saveTrial = database.prepare(
    `INSERT INTO trials (sweep_id, number, state, parameters, seed, run_id, holder, heartbeat_at, failures, deaths, error)
     VALUES (:sweepId, :number, :state, :parameters, :seed, (SELECT id FROM runs WHERE id = :runId), :holder,
       iif(:holder IS NULL, NULL, :at), :failures, :deaths, :error)
     ON CONFLICT (sweep_id, number) DO UPDATE SET state = excluded.state, parameters = excluded.parameters,
       seed = excluded.seed, run_id = excluded.run_id, holder = excluded.holder, heartbeat_at = excluded.heartbeat_at,
       failures = excluded.failures, deaths = excluded.deaths, error = excluded.error`,
  );
  database
    .transaction(() => {
      saveSweep.run(row);
      for (const trial of changed)
        saveTrial.run({ ...trial, parameters: JSON.stringify(trial.parameters), sweepId: row.id, at });
    })
    .immediate();
}
