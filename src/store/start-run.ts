// Begins a run or goes on with one: both put this writer's token into the row, in one transaction with the checks.

import type { Database } from "better-sqlite3";
import { UserError } from "../errors.ts";
import type { Experiment } from "../experiment/experiment.ts";
import { experimentUpgrades } from "../experiment/upgrade.ts";
import { nfc } from "../same-text.ts";
import { statusAt } from "./dead-runs.ts";
import { createEarlierExperiments } from "./earlier-experiments.ts";
import { createRevisionRecorder } from "./revisions.ts";
import type { RunRow, RunStatus } from "./rows.ts";
import { createRunWriter, type RunWriter, type WriterSources } from "./run-writer.ts";

/** What is known of a run at its start. */
export type NewRun = Omit<
  RunRow,
  "id" | "status" | "createdAt" | "heartbeatAt" | "finishedAt" | "error" | "tags" | "note" | "deletedAt"
>;

/** Where a run goes on, and with which settings: its own unless they are given. */
export type Continuation = { readonly fromStep: number; readonly experiment?: Experiment };

export type RunStarter = {
  create(run: NewRun, onClose: () => void): RunWriter;
  resume(id: string, continuation: Continuation | undefined, onClose: () => void): RunWriter;
};

type Resumable = {
  readonly status: RunStatus;
  readonly writer: string | null;
  readonly heartbeat_at: number;
  readonly elapsed_ms: number;
};

export type StarterSources = WriterSources & {
  readonly newId: () => string;
  readonly newToken: () => string;
};

export function createRunStarter(database: Database, sources: StarterSources): RunStarter {
  const { now, newId, newToken } = sources;
  const isTaken = database.prepare<[string], number>("SELECT 1 FROM runs WHERE id = ?").pluck();
  const hasDataset = database.prepare<[string]>("SELECT 1 FROM datasets WHERE fingerprint = ?");
  const insertRun = database.prepare(
    `INSERT INTO runs (id, name, status, heartbeat_at, created_at, writer, revision_token, engine, device,
       dataset_fingerprint, parameters, steps_per_epoch, source, experiment, experiment_version, provenance, teller,
       teller_fingerprint)
     VALUES (:id, :name, 'RUNNING', :at, :at, :token, :token, :engine, :device, :datasetFingerprint,
       :parameters, :stepsPerEpoch, :source, :experiment, :experimentVersion, :provenance, :teller, :tellerFingerprint)`,
  );
  const insertTag = database.prepare("INSERT INTO tags VALUES (?, ?) ON CONFLICT DO NOTHING");
  const selectRun = database.prepare<[string], Resumable>(
    "SELECT status, writer, heartbeat_at, elapsed_ms FROM runs WHERE id = ?",
  );
  const earlier = createEarlierExperiments(database);
  const recordRevision = createRevisionRecorder(database);
  const takeOver = database.prepare(
    `UPDATE runs SET status = 'RUNNING', writer = :token, heartbeat_at = :at, finished_at = NULL, error = NULL,
       revision = revision + 1, revision_token = :token, experiment = coalesce(:experiment, experiment),
       experiment_version = iif(:experiment IS NULL, experiment_version, :experimentVersion)
     WHERE id = :id`,
  );

  const insert = database.transaction((run: NewRun, token: string, at: number): string => {
    if (hasDataset.get(run.datasetFingerprint) === undefined)
      throw new Error(
        `createRun: data set ${run.datasetFingerprint} is unknown; save it first with saveDataset`,
      );
    const id = freeId((candidate) => isTaken.get(candidate) !== undefined, newId);
    insertRun.run({
      ...run,
      teller: run.teller?.description ?? null,
      tellerFingerprint: run.teller?.fingerprint ?? null,
      id,
      token,
      at,
      experiment: JSON.stringify(run.experiment),
      experimentVersion: experimentUpgrades.length,
      provenance: JSON.stringify(run.provenance),
    });
    for (const tag of new Map(run.experiment.tags.map((tag) => [nfc(tag), tag])).values())
      insertTag.run(id, tag);
    recordRevision(id);
    return id;
  });

  const claim = database.transaction(
    (id: string, continuation: Continuation | undefined, token: string, at: number): number => {
      const run = selectRun.get(id);
      if (run === undefined) throw new UserError(`run ${JSON.stringify(id)}: no such id`);
      if (statusAt(at, run) === "RUNNING")
        throw new UserError(
          `run ${id}: is being written by another process (heartbeat ${Math.round((at - run.heartbeat_at) / 1000)} s ago); stop that one first`,
        );
      if (continuation !== undefined) earlier.keep(id, continuation);
      takeOver.run({
        id,
        token,
        at,
        experiment: continuation?.experiment === undefined ? null : JSON.stringify(continuation.experiment),
        experimentVersion: experimentUpgrades.length,
      });
      recordRevision(id);
      return run.elapsed_ms;
    },
  );

  return {
    create(run, onClose) {
      const [token, at] = [newToken(), Math.round(now())];
      const id = insert.immediate(run, token, at);
      return createRunWriter(database, { ...sources, id, token, elapsedMs: 0, onClose });
    },
    resume(id, continuation, onClose) {
      const [token, at] = [newToken(), Math.round(now())];
      const elapsedMs = claim.immediate(id, continuation, token, at);
      return createRunWriter(database, { ...sources, id, token, elapsedMs, onClose });
    },
  };
}

function freeId(isTaken: (id: string) => boolean, newId: () => string): string {
  for (let attempt = 0; attempt < 10; attempt++) {
    const id = newId();
    if (!isTaken(id)) return id;
  }
  throw new Error("createRun: ten new run ids in a row were taken already");
}
