// Runs out of the database: one, a list, or a list with the newest value of every series.

import type { Database } from "better-sqlite3";
import { upgradeExperiment } from "../experiment/upgrade.ts";
import { type SeriesSpec, seriesName } from "../runs/series.ts";
import { statusAt } from "./dead-runs.ts";
import { createSpecReader } from "./kind-rows.ts";
import type { RunRow, RunStatus } from "./rows.ts";

export type RunFilter = {
  /** At most so many, the newest ones. */
  readonly limit?: number;
  /** The exact name. */
  readonly name?: string;
  /** Those in the trash in place of all others. */
  readonly deleted?: boolean;
};

/** A run and where it stands: what a list of runs shows. */
export type RunSummary = RunRow & {
  /** The greatest step of any series; null before the first scalar. */
  readonly lastStep: number | null;
  /** Epochs completed at `lastStep`. */
  readonly lastEpoch: number | null;
  /** Series, by names such as "unseen/psnr" -> its newest value. */
  readonly last: Readonly<Record<string, number>>;
  /** What those values mean, by the same names. */
  readonly specs: Readonly<Record<string, SeriesSpec>>;
  /** Time in which the run ran: the pause between an interruption and its resume does not count. */
  readonly durationMs: number;
};

export type RunReader = {
  /** Newest first. */
  listRuns(filter?: RunFilter): RunRow[];
  /** Newest first. */
  summaries(filter?: RunFilter): RunSummary[];
  /** The run with exactly this id. */
  runById(id: string): RunRow | undefined;
};

type StoredRun = {
  readonly id: string;
  readonly name: string;
  readonly status: RunStatus;
  readonly heartbeat_at: number;
  readonly created_at: number;
  readonly finished_at: number | null;
  readonly writer: string | null;
  readonly elapsed_ms: number;
  readonly engine: string;
  readonly device: string;
  readonly dataset_fingerprint: string;
  readonly teller: string | null;
  readonly teller_fingerprint: string | null;
  readonly parameters: number;
  readonly steps_per_epoch: number;
  readonly source: string | null;
  readonly experiment: string;
  readonly experiment_version: number;
  readonly provenance: string;
  readonly error: string | null;
  readonly note: string;
  readonly deleted_at: number | null;
  /** JSON. */
  readonly tags: string;
};

type Newest = {
  step: number;
  readonly values: Record<string, number>;
  readonly specs: Record<string, SeriesSpec>;
};

const stored = `runs.*,
  (SELECT json_group_array(tag) FROM (SELECT tag FROM tags WHERE run_id = runs.id ORDER BY tag)) AS tags`;

const matching = `
  (deleted_at IS NOT NULL) = :deleted AND (:name IS NULL OR name = :name)
  ORDER BY created_at DESC, runs.rowid DESC LIMIT :limit`;

export function createRunReader(database: Database, now: () => number): RunReader {
  const selectRuns = database.prepare<[object], StoredRun>(`SELECT ${stored} FROM runs WHERE ${matching}`);
  const selectById = database.prepare<[string], StoredRun>(`SELECT ${stored} FROM runs WHERE id = ?`);
  // CROSS JOIN keeps SQLite from reading all scalars first: it would, having no statistics.
  const selectLast = database
    .prepare<[object], [run: string, set: string, kindId: number, step: number, value: number | null]>(
      `SELECT run_id, "set", kind_id, step, value
       FROM (SELECT id FROM runs WHERE ${matching}) AS listed
       CROSS JOIN series ON series.run_id = listed.id
       CROSS JOIN scalars ON series_id = series.id
         AND step = (SELECT max(step) FROM scalars WHERE series_id = series.id)
       ORDER BY series.id`,
    )
    .raw();
  const specOf = createSpecReader(database);
  const select = (filter: RunFilter) => ({
    name: filter.name ?? null,
    limit: filter.limit ?? -1,
    deleted: filter.deleted === true ? 1 : 0,
  });

  const bothAtOnce = database.transaction((filter: RunFilter) => {
    const parameters = select(filter);
    return { runs: selectRuns.all(parameters), last: selectLast.all(parameters) };
  });

  return {
    listRuns: (filter = {}) => selectRuns.all(select(filter)).map((stored) => runOf(stored, now())),
    runById(id) {
      const stored = selectById.get(id);
      return stored === undefined ? undefined : runOf(stored, now());
    },
    summaries(filter = {}) {
      const { runs, last } = bothAtOnce.deferred(filter);
      const lastOf = new Map<string, Newest>();
      for (const [run, set, kindId, step, value] of last) {
        const found: Newest = lastOf.get(run) ?? { step: 0, values: {}, specs: {} };
        lastOf.set(run, found);
        found.step = Math.max(found.step, step);
        const spec = specOf(set, kindId);
        const name = seriesName(spec);
        found.values[name] = value ?? Number.NaN;
        found.specs[name] = spec;
      }
      return runs.map((stored): RunSummary => {
        const found = lastOf.get(stored.id);
        const lastStep = found?.step ?? null;
        return {
          ...runOf(stored, now()),
          lastStep,
          lastEpoch: lastStep === null ? null : Math.floor(lastStep / stored.steps_per_epoch),
          last: found?.values ?? {},
          specs: found?.specs ?? {},
          durationMs: stored.elapsed_ms,
        };
      });
    },
  };
}

function runOf(stored: StoredRun, now: number): RunRow {
  return {
    id: stored.id,
    name: stored.name,
    status: statusAt(now, stored),
    experiment: upgradeExperiment(JSON.parse(stored.experiment), stored.experiment_version),
    source: stored.source,
    engine: stored.engine,
    device: stored.device,
    provenance: JSON.parse(stored.provenance),
    datasetFingerprint: stored.dataset_fingerprint,
    parameters: stored.parameters,
    stepsPerEpoch: stored.steps_per_epoch,
    teller:
      stored.teller === null ? null : { description: stored.teller, fingerprint: stored.teller_fingerprint! },
    createdAt: stored.created_at,
    heartbeatAt: stored.heartbeat_at,
    finishedAt: stored.finished_at,
    error: stored.error,
    tags: JSON.parse(stored.tags),
    note: stored.note,
    deletedAt: stored.deleted_at,
  };
}
