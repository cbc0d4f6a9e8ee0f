// A run's event file in its folder of a log folder. Written anew it takes the place of those that were written of the run before, so
// that no step is there twice: it begins with a session's start, on which a TensorBoard that is open forgets what it has read.

import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import { type EventMessage, encodeEvent } from "./event-proto.ts";
import { encodeRecord } from "./records.ts";

/** Names sort by time, which is how TensorBoard goes from one file to the next. */
export function eventFileName(runId: string, now: number): string {
  const seconds = String(Math.floor(now / 1000)).padStart(10, "0");
  const milliseconds = String(Math.floor(now) % 1000).padStart(3, "0");
  return `events.out.tfevents.${seconds}.hueristic.${runId}.${milliseconds}`;
}

/** Those of the run that this program wrote, in the folder of the run. */
export async function earlierEventFiles(folder: string, runId: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const ours = (name: string) =>
    name.startsWith("events.out.tfevents.") && name.includes(`.hueristic.${runId}.`);
  return names.filter(ours).map((name) => path.join(folder, name));
}

export async function removeFiles(files: readonly string[]): Promise<void> {
  for (const file of files) await rm(file, { force: true });
}

/** What every file begins with. */
export function headEvents(createdAt: number): EventMessage[] {
  const wallTime = createdAt / 1000;
  const start = 1;
  return [
    { wallTime, fileVersion: "brain.Event:2" },
    { wallTime, step: 0, sessionLog: { status: start } },
  ];
}

const bytesPerPiece = 256 * 1024;

/** Events as bytes, many in a piece. */
export async function* recordPieces(
  events: Iterable<EventMessage> | AsyncIterable<EventMessage>,
): AsyncGenerator<Buffer> {
  let records: Buffer[] = [];
  let bytes = 0;
  for await (const event of events) {
    const record = encodeRecord(encodeEvent(event));
    records.push(record);
    bytes += record.length;
    if (bytes < bytesPerPiece) continue;
    yield Buffer.concat(records);
    [records, bytes] = [[], 0];
  }
  if (bytes > 0) yield Buffer.concat(records);
}
