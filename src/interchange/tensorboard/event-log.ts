// The event file of a run under way: what the store has got since the last look is added. A run that goes on is written anew from the
// store, up to where it goes on. TensorBoard is a copy: where it cannot be written, that is said once, and the training goes on.

import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import path from "node:path";
import { messageOf } from "../../errors.ts";
import type { FinalStatus } from "../../store/run-writer.ts";
import { earlierEventFiles, eventFileName, headEvents, recordPieces, removeFiles } from "./event-file.ts";
import type { EventMessage } from "./event-proto.ts";
import { sessionEnd, sessionStart } from "./hparams.ts";
import { createRunEvents, type EventStore, runFolderName } from "./run-events.ts";

export type EventLog = {
  /** Adds what is new in the store. */
  catchUp(): Promise<void>;
  /** The same where the last time is some seconds ago. */
  catchUpIfDue(): Promise<void>;
  /** Adds the rest and how the run ends. */
  close(status: FinalStatus): Promise<void>;
};

export type EventLogOptions = {
  readonly logFolder: string;
  readonly now: () => number;
  /** Told once that nothing more is written, and why. */
  readonly warn: (line: string) => void;
};

const catchUpEveryMs = 5_000;

export async function openEventLog(
  store: EventStore,
  runId: string,
  { logFolder, now, warn }: EventLogOptions,
): Promise<EventLog> {
  const run = store.getRun(runId);
  const folder = path.join(logFolder, runFolderName(run));
  const events = createRunEvents(store, runId);
  let file: number | null = null;
  let caughtUpAt = 0;

  async function append(more: Iterable<EventMessage> | AsyncIterable<EventMessage>): Promise<void> {
    if (file === null) return;
    for await (const piece of recordPieces(more))
      for (let at = 0; at < piece.length; ) at += writeSync(file, piece, at);
  }

  function stop(): void {
    const opened = file;
    file = null;
    if (opened !== null) closeSync(opened);
  }

  /** Any error ends the log and not the training; what is wrong in here is told with its stack. */
  async function guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      try {
        stop();
      } catch {} // the first error counts
      const { syscall, stack } = error as NodeJS.ErrnoException;
      warn(
        `log.tensorboard: ${logFolder} cannot be written: ${messageOf(error)}; the training goes on without it, and \`hueristic export ${runId} --format tensorboard\` writes all of it later${syscall === undefined ? `\n${stack}` : ""}`,
      );
    }
  }

  await guarded(async () => {
    mkdirSync(folder, { recursive: true });
    const earlier = await earlierEventFiles(folder, runId);
    const name = path.join(folder, eventFileName(runId, now()));
    file = openSync(name, "w");
    await append([...headEvents(run.createdAt), sessionStart(run)]);
    await append(events.next());
    await removeFiles(earlier.filter((other) => other !== name));
  });

  const log: EventLog = {
    catchUp: () =>
      guarded(async () => {
        caughtUpAt = now();
        await append(events.next());
      }),
    async catchUpIfDue() {
      if (now() - caughtUpAt >= catchUpEveryMs) await log.catchUp();
    },
    close: (status) =>
      guarded(async () => {
        await append(events.next());
        await append([sessionEnd({ status, finishedAt: now() })]);
        stop();
      }),
  };
  return log;
}

/** For a run that is logged nowhere else. */
export const noEventLog: EventLog = {
  catchUp: async () => {},
  catchUpIfDue: async () => {},
  close: async () => {},
};
