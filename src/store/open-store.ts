// The door to the room: everything that the program reads or writes about runs goes through a Store.
// One file, <folder>/runs.db, shared by any number of reading and writing processes on one machine.

import type { Database } from "better-sqlite3";
import { UserError } from "../errors.ts";
import { newProcessToken } from "../process-identity.ts";
import { type Known, runMeant } from "../runs/references.ts";
import {
  createDatasetReader,
  createDatasetWriter,
  type DatasetReader,
  type SaveDataset,
} from "./dataset-rows.ts";
import { markDeadRuns } from "./dead-runs.ts";
import { createRunDeleter, shrink } from "./delete-run.ts";
import { createEarlierExperiments, type EarlierExperimentReader } from "./earlier-experiments.ts";
import { failRunsOfFullDisk, forgetFullDisk, isFullDisk } from "./full-disk.ts";
import { createKnownRuns } from "./known-runs.ts";
import { createMeasuredSetReader, type MeasuredSetReader } from "./measured-sets.ts";
import { databasePath, openForReading, openForWriting } from "./open-database.ts";
import { createImageValueReader, type ImageValueReader } from "./read-image-values.ts";
import { createRunContentReader, type RunContentReader } from "./read-run-content.ts";
import { createRunReader, type RunReader } from "./read-runs.ts";
import { createSeriesReader, type SeriesReader } from "./read-series.ts";
import type { RunRow } from "./rows.ts";
import { newRunId } from "./run-id.ts";
import type { RunWriter } from "./run-writer.ts";
import { createEvaluationWriter, type EvaluationWriter } from "./save-evaluation.ts";
import { type Continuation, createRunStarter, type NewRun, type StarterSources } from "./start-run.ts";
import { withStoreErrors } from "./store-error.ts";
import { createStudyReader, createStudyWriter, type StudyReader, type StudyWriter } from "./studies.ts";
import { createSweepReader, createSweepWriter, type SweepReader, type SweepWriter } from "./sweeps.ts";
import { createRunCare, type RunCare } from "./trash.ts";
import { createTrialLeases, type TrialLeases } from "./trial-leases.ts";

export type StoreOptions = {
  readonly readonly?: boolean;
  /** Milliseconds since 1970; Date.now unless a test wants another clock. */
  readonly now?: () => number;
  /** Milliseconds that never go back, for durations; performance.now unless a test wants another clock. */
  readonly monotonic?: () => number;
  /** Told when another program holds the database and a run has to wait. */
  readonly warn?: (line: string) => void;
  /** Names new runs; a name that is taken is asked for again. */
  readonly newId?: () => string;
};

export type Store = Pick<RunReader, "listRuns" | "summaries"> &
  RunContentReader &
  MeasuredSetReader &
  SeriesReader &
  ImageValueReader &
  DatasetReader &
  EarlierExperimentReader &
  EvaluationWriter &
  StudyReader &
  StudyWriter &
  SweepReader &
  SweepWriter &
  TrialLeases &
  RunCare & {
    readonly folder: string;
    /** What users refer to, and the same of the trash; src/runs/references.ts says what is meant. */
    readonly known: Known;
    readonly knownDeleted: Known;
    /** The one run that a reference means; files are not looked at. Throws UserError. */
    getRun(ref: string): RunRow;
    /** The same among the runs in the trash. */
    getDeletedRun(ref: string): RunRow;
    /** Stores a data set, its images in order and the files left out; of a known fingerprint names and files are renewed. */
    readonly saveDataset: SaveDataset;
    /** Starts a run, whose data set must be saved before. */
    createRun(run: NewRun): RunWriter;
    /** Goes on with the run of this id, with other settings where some are given (more epochs, say); the earlier ones stay in the record. Throws UserError where another process is writing it. */
    resumeRun(id: string, continuation?: Continuation): RunWriter;
    /** What `read` gives, of one state of the store, whatever other processes write or delete meanwhile. */
    atOnce<Result>(read: () => Result): Result;
    /** From now on the store reads as it is now, whatever other processes write or delete, until it is closed. */
    freeze(): void;
    /** Deletes a run for good, and all that only it used. Throws UserError where it is running. */
    deleteRun(id: string): void;
    /** Gives the room of what was deleted back to the disk; false while runs are trained. */
    shrink(): boolean;
    /** Closes writers that are still open, then the database; throws what kept a writer from its last commit. */
    close(): void;
  };

/**
 * Opens the store in `folder`, creating both unless `readonly`. Throws UserError for a folder without one
 * (`readonly`), a file that is not ours or damaged, and a database of a newer version.
 */
export function openStore(folder: string, options: StoreOptions = {}): Store {
  const { readonly = false, now = Date.now, newId = newRunId } = options;
  const { monotonic = () => performance.now(), warn = () => {} } = options;
  const sources = { now, newId, monotonic, warn, newToken: newProcessToken, patienceMs: 600_000 };
  const database = readonly ? openForReading(folder) : openForWriting(folder);
  try {
    return withStoreErrors(
      databasePath(folder),
      assemble(folder, database, readonly, sources),
      readonly ? "read" : "write",
    );
  } catch (thrown) {
    database.close();
    throw thrown;
  }
}

/** On a full disk they stay as they are, so that it can be purged. */
function markEndedRuns(database: Database, folder: string, now: number): void {
  try {
    failRunsOfFullDisk(database, folder, now);
    markDeadRuns(database, now);
  } catch (thrown) {
    if (!isFullDisk(thrown)) throw thrown;
  }
}

function assemble(folder: string, database: Database, readonly: boolean, sources: StarterSources): Store {
  const { now } = sources;
  if (!readonly) markEndedRuns(database, folder, now());
  const { listRuns, summaries, runById } = createRunReader(database, now);
  const known = createKnownRuns(database, "outside");
  const knownDeleted = createKnownRuns(database, "in the trash");
  const starter = createRunStarter(database, sources);
  const saveDataset = createDatasetWriter(database);
  const evaluations = createEvaluationWriter(database, now);
  const deleteRun = createRunDeleter(database, now);
  const writers = new Set<RunWriter>();

  const open = (start: (onClose: () => void) => RunWriter): RunWriter => {
    requireWritable();
    const writer = start(() => writers.delete(writer));
    writers.add(writer);
    return writer;
  };
  const requireWritable = () => {
    if (readonly) throw new Error(`${folder}: the store was opened for reading only`);
  };

  const requireRun = (id: string): RunRow => {
    const run = runById(id);
    if (run === undefined) throw new UserError(`run ${id}: was deleted just now`);
    return run;
  };

  return {
    folder,
    listRuns,
    summaries,
    known,
    knownDeleted,
    getRun(ref) {
      const exact = runById(ref);
      return exact?.deletedAt === null ? exact : requireRun(runMeant(ref, known));
    },
    getDeletedRun: (ref) => requireRun(runMeant(ref, knownDeleted)),
    ...createRunContentReader(database),
    ...createMeasuredSetReader(database),
    ...createSeriesReader(database),
    ...createImageValueReader(database),
    ...createDatasetReader(database),
    earlierExperiments: createEarlierExperiments(database).earlierExperiments,
    ...createStudyReader(database),
    ...createStudyWriter(database, now),
    ...createSweepReader(database),
    ...createSweepWriter(database, now),
    ...createTrialLeases(database, { now, newToken: newProcessToken }),
    ...createRunCare(database, now),
    saveDataset(row, images, skipped) {
      requireWritable();
      saveDataset(row, images, skipped);
    },
    createRun: (run) => open((onClose) => starter.create(run, onClose)),
    resumeRun: (id, continuation) =>
      open((onClose) => {
        forgetFullDisk(folder, id);
        return starter.resume(id, continuation, onClose);
      }),
    requireEvaluable: evaluations.requireEvaluable,
    saveEvaluation(id, evaluation) {
      requireWritable();
      evaluations.saveEvaluation(id, evaluation);
    },
    atOnce: (read) => database.transaction(read).deferred(),
    freeze() {
      database.exec("BEGIN; SELECT 1 FROM runs LIMIT 1"); // what is read first fixes what is seen
    },
    deleteRun(id) {
      requireWritable();
      deleteRun(id);
    },
    shrink: () => shrink(database, now),
    close() {
      if (!database.open) return;
      const errors: unknown[] = [];
      for (const writer of [...writers]) {
        try {
          writer.close();
        } catch (thrown) {
          errors.push(thrown);
        }
      }
      database.close();
      if (errors.length > 0) throw errors[0];
    },
  };
}
