// Writes one run. Scalars and events wait in memory and are committed together, at most 250 ms later by a timer;
// because a native call can block the event loop, the training loop also calls `flushIfDue` after every engine
// call. A failed commit leaves what waits in place for the next try. Every commit renews the heartbeat and checks
// that the run still belongs to this writer, so that a run never has two.

import { dirname } from "node:path";
import type { Database } from "better-sqlite3";
import { UserError } from "../errors.ts";
import { type SeriesSpec, seriesName } from "../runs/series.ts";
import { createBlobSweeper } from "./delete-run.ts";
import { isFullDisk, noteFullDisk } from "./full-disk.ts";
import { createImageValueWriter } from "./image-values.ts";
import { createSeriesDeclarer } from "./kind-rows.ts";
import { createPictureWriter, type NewImage } from "./pictures.ts";
import { createRevisionRecorder } from "./revisions.ts";
import type { EvaluatedSet, EvaluationSetRow, EventLevel, EventRow } from "./rows.ts";
import { createScalarBuffer } from "./scalar-buffer.ts";
import { errorCodeOf, withStoreErrors } from "./store-error.ts";

const flushEveryMs = 250;
export const heartbeatEveryMs = 5_000;
/** Values that wait for a database that another program holds; beyond them a training waits as well. */
const mostKept = 500_000;
const tryAgainEveryMs = 5_000;

export type FinalStatus = "FINISHED" | "FAILED" | "KILLED";

export type RunWriter = {
  readonly id: string;
  /** Commits what series mean, together with what waits: each is declared before its first value. */
  declare(specs: readonly SeriesSpec[]): void;
  /**
   * One value for each series, by names such as "unseen/psnr"; written with the next flush. Steps of a series must increase: anything else
   * (or a series that was not declared) is a bug of the caller and throws before anything is taken. NaN and infinities are welcome.
   */
  logScalars(step: number, values: Readonly<Record<string, number>>): void;
  /** Flushes where the last flush is 250 ms ago and something waits, or 5 s and the heartbeat is due. */
  flushIfDue(): void;
  /** Commits what waits, and the heartbeat. Throws UserError for a full disk, a locked database or a lost run. */
  flush(): void;
  /** Commits what waits so that it outlives a power cut, as SQLite's other commits may not. */
  sync(): void;
  /** Commits pictures, together with what waits. */
  logImages(images: readonly NewImage[]): void;
  /** Commits the sets of images that the run is measured on. Throws UserError where it has other images of that name. */
  nameSets(sets: readonly EvaluationSetRow[]): void;
  /** Commits values of metrics, of sets as series and of their images, together with what waits. */
  logEvaluation(step: number, measured: readonly EvaluatedSet[]): void;
  /** Commits an event, together with what waits. */
  event(level: EventLevel, kind: string, message: string): void;
  /** For a resume from the checkpoint of `step`: removes all later values, and the images of later epochs. */
  rewind(step: number, epoch: number): void;
  /** Commits what waits and the outcome; the writer is closed then. `error` belongs to FAILED and KILLED. */
  finish(status: FinalStatus, error?: string): void;
  /**
   * Commits what waits and stops; where that fails it throws and stays open. Without `finish` before, the run is
   * RUNNING until its heartbeat is too old.
   */
  close(): void;
};

export type RunWriterOptions = WriterSources & {
  readonly id: string;
  /** Names this writer in the row of its run. */
  readonly token: string;
  /** How long the run ran before. */
  readonly elapsedMs: number;
  readonly onClose: () => void;
};

export type WriterSources = {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Milliseconds that never go back, whatever is done to the clock. */
  readonly monotonic: () => number;
  /** Told when another program holds the database. */
  readonly warn: (line: string) => void;
  /** How long a writer tries again where another program holds the database. */
  readonly patienceMs: number;
};

export function createRunWriter(database: Database, options: RunWriterOptions): RunWriter {
  const { id, token, now, monotonic, onClose } = options;
  const scalars = createScalarBuffer(database, id);
  const blobs = createBlobSweeper(database);
  const declareSeries = createSeriesDeclarer(database);
  const imageValues = createImageValueWriter(database);
  const owned = "WHERE id = :id AND writer = :token";
  const beat = database.prepare(
    `UPDATE runs SET heartbeat_at = :at, elapsed_ms = :elapsedMs ${owned} AND status = 'RUNNING'`,
  );
  const revive = database.prepare(
    `UPDATE runs SET heartbeat_at = :at, elapsed_ms = :elapsedMs, status = 'RUNNING' ${owned} AND status = 'DEAD'`,
  );
  const end = database.prepare(
    `UPDATE runs SET heartbeat_at = :at, finished_at = :at, status = :status, error = :error, writer = NULL ${owned}`,
  );
  const insertEvent = database.prepare(
    "INSERT INTO events (run_id, at, level, kind, message) VALUES (?, ?, ?, ?, ?)",
  );
  const pictures = createPictureWriter(database);
  const deleteImages = database.prepare("DELETE FROM images WHERE run_id = ? AND epoch > ?");
  const recordRevision = createRevisionRecorder(database);
  const countRevision = database.prepare("UPDATE runs SET revision = revision + 1 WHERE id = ?");

  let waitingEvents: EventRow[] = [];
  const openedAt = monotonic();
  const elapsedMs = () => Math.round(options.elapsedMs + monotonic() - openedAt);
  let lastFlushAt = openedAt;
  let tryAgainAt = openedAt;
  let warned = false;
  let closed = false;

  const commit = database.transaction((alongside: () => void) => {
    const parameters = { id, token, at: Math.round(now()), elapsedMs: elapsedMs() };
    const isOurs = beat.run(parameters).changes > 0 || revive.run(parameters).changes > 0;
    if (!isOurs)
      throw new UserError(`run ${id}: was deleted or taken over by another process; this one must stop`);
    scalars.insert();
    for (const { at, level, kind, message } of waitingEvents) insertEvent.run(id, at, level, kind, message);
    alongside();
  });

  /** Waits for other programs that hold the database, with what waits in memory. */
  function flush(alongside: () => void = () => {}): void {
    const givesUpAt = monotonic() + options.patienceMs;
    while (!tryFlush(alongside, monotonic() >= givesUpAt)); // SQLite itself has waited for 10 s
  }

  /** A training goes on while its values wait, until they are many. */
  function flushOrKeep(): void {
    if (monotonic() < tryAgainAt || tryFlush(() => {}, false)) return;
    if (scalars.size() > mostKept) flush();
    else tryAgainAt = monotonic() + tryAgainEveryMs;
  }

  /** False where another program holds the database. */
  function tryFlush(alongside: () => void, isLast: boolean): boolean {
    requireOpen();
    try {
      commit.immediate(alongside);
    } catch (thrown) {
      if (isLast || !errorCodeOf(thrown).startsWith("SQLITE_BUSY")) throw thrown;
      if (!warned)
        options.warn(
          `${database.name}: another program holds it; run ${id} keeps its values and tries again for up to ${Math.round(options.patienceMs / 60_000)} minutes`,
        );
      warned = true;
      return false;
    }
    scalars.committed();
    waitingEvents = [];
    lastFlushAt = monotonic();
    warned = false;
    return true;
  }

  function requireOpen(): void {
    if (closed) throw new Error(`run ${id}: its writer is closed`);
  }

  function stop(): void {
    closed = true;
    clearInterval(timer);
    onClose();
  }

  const somethingWaits = () => scalars.size() > 0 || waitingEvents.length > 0;
  const sinceFlushMs = () => monotonic() - lastFlushAt;

  const timer = setInterval(() => {
    if (!database.open) return clearInterval(timer);
    try {
      if (somethingWaits() || sinceFlushMs() >= heartbeatEveryMs) flushOrKeep();
    } catch {
      // What waits is kept: the training loop meets the error at its next flushIfDue, where it can be handled.
    }
  }, flushEveryMs);
  timer.unref();

  const writer: RunWriter = {
    id,
    declare(specs) {
      flush(() => declareSeries(id, specs));
      scalars.reload();
    },
    logScalars(step, values) {
      requireOpen();
      scalars.add(step, elapsedMs(), values);
    },
    flushIfDue() {
      requireOpen();
      const dueMs = somethingWaits() ? flushEveryMs : heartbeatEveryMs;
      if (sinceFlushMs() >= dueMs) flushOrKeep();
    },
    flush: () => flush(),
    sync() {
      const usual = database.pragma("synchronous", { simple: true });
      database.pragma("synchronous = FULL");
      try {
        flush();
      } finally {
        database.pragma(`synchronous = ${usual}`);
      }
    },
    logImages(images) {
      flush(() => {
        for (const picture of images) pictures.insert(id, picture);
      });
    },
    nameSets(sets) {
      flush(() => {
        for (const set of sets) imageValues.nameSet(id, set);
      });
    },
    logEvaluation(step, measured) {
      for (const { set, ofSet } of measured) {
        const named = Object.entries(ofSet).map(([name, value]) => [seriesName({ set, name }), value]);
        writer.logScalars(step, Object.fromEntries(named));
      }
      flush(() => {
        for (const each of measured) imageValues.insert(id, step, each);
      });
    },
    event(level, kind, message) {
      requireOpen();
      if (kind === "") throw new Error("the kind of an event must not be empty");
      waitingEvents.push({ at: Math.round(now()), level, kind, message });
      flush();
    },
    rewind(step, epoch) {
      scalars.forget(step);
      flush(() => {
        imageValues.deleteAfter(id, step);
        scalars.deleteAfter(step);
        const hashes = blobs.usedBy(id, epoch);
        deleteImages.run(id, epoch);
        blobs.sweep(hashes);
        countRevision.run(id);
        recordRevision(id, { step, epoch });
      });
      scalars.reload();
    },
    finish(status, error) {
      try {
        flush(() => end.run({ id, token, at: Math.round(now()), status, error: error ?? null }));
      } catch (thrown) {
        if (isFullDisk(thrown)) noteFullDisk(dirname(database.name), id);
        throw thrown;
      }
      stop();
    },
    close() {
      if (closed || !database.open) return;
      flush();
      stop();
    },
  };
  return withStoreErrors(database.name, writer);
}
