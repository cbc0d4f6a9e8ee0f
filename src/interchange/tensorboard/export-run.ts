// A run as TensorBoard has it: a folder with one event file.

import { open } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../../errors.ts";
import { makeWhole } from "../../whole-file.ts";
import { earlierEventFiles, eventFileName, headEvents, recordPieces, removeFiles } from "./event-file.ts";
import type { EventMessage } from "./event-proto.ts";
import { sessionEnd, sessionStart } from "./hparams.ts";
import { createRunEvents, type EventStore, runFolderName } from "./run-events.ts";

export type ExportedEvents = {
  readonly folder: string;
  readonly scalars: number;
  readonly pictures: number;
  readonly bytes: number;
};

/** Throws UserError where the run is there already and not to be replaced, and where the folder cannot be written. */
export async function exportRunEvents(
  store: EventStore,
  runId: string,
  {
    logFolder,
    replace,
    now,
  }: { readonly logFolder: string; readonly replace: boolean; readonly now: number },
): Promise<ExportedEvents> {
  const run = store.getRun(runId);
  const folder = path.join(logFolder, runFolderName(run));
  const { tensorboard } = run.experiment.log;
  if (
    run.status === "RUNNING" &&
    tensorboard !== null &&
    path.resolve(tensorboard) === path.resolve(logFolder)
  )
    throw new UserError(`${folder}: run ${runId} writes it while it trains; name another folder`);
  const earlier = await earlierEventFiles(folder, runId);
  if (earlier.length > 0 && !replace)
    throw new UserError(`${folder}: has events of run ${runId} already; --force replaces them`);
  const counted = { scalars: 0, pictures: 0, bytes: 0 };
  async function* counting(events: AsyncIterable<EventMessage>): AsyncGenerator<EventMessage> {
    for await (const event of events) {
      const value = event.summary?.value?.[0];
      if (value?.simpleValue !== undefined) counted.scalars++;
      if (value?.image !== undefined) counted.pictures++;
      yield event;
    }
  }
  const file = path.join(folder, eventFileName(runId, now));
  await makeWhole(file, async (temporary) => {
    const opened = await open(temporary, "w");
    try {
      for await (const piece of recordPieces(counting(allEvents(store, runId)))) {
        counted.bytes += piece.length;
        await opened.writeFile(piece);
      }
    } finally {
      await opened.close();
    }
  });
  await removeFiles(earlier.filter((name) => name !== file));
  return { folder, ...counted };
}

async function* allEvents(store: EventStore, runId: string): AsyncGenerator<EventMessage> {
  const run = store.getRun(runId);
  yield* headEvents(run.createdAt);
  yield sessionStart(run);
  yield* createRunEvents(store, runId).next();
  const { status, finishedAt } = run;
  if (finishedAt !== null) yield sessionEnd({ status, finishedAt });
}
