// Downloads one file into its .part, goes on where an earlier try stopped, and tries again when a connection breaks
// or falls silent. Whether the bytes are the right ones is for the checksum to say.

import { open } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf, UserError } from "../../errors.ts";
import { formatBytes } from "../../format-bytes.ts";
import type { Output, ProgressBar } from "../../output.ts";
import { anotherFile, BrokenTransfer, readAnswer } from "./answer.ts";
import { partSize, partVersion, removePart, restartPart } from "./part-file.ts";

export type RemoteFile = {
  readonly name: string;
  readonly url: string;
  /** Null where the size may differ. */
  readonly bytes: number | null;
  /** Where a person can download it. */
  readonly byHand: string;
};

export type DownloadOptions = {
  readonly output: Output;
  readonly signal: AbortSignal;
  readonly patience: Patience;
};

export type Patience = {
  /** Without a byte for so long a connection counts as broken. */
  readonly silenceMs: number;
  /** Before the next try, after so many failures in a row that brought nothing new. */
  pauseMs(failures: number): number;
  readonly mostFailures: number;
};

export const usualPatience: Patience = {
  silenceMs: 60_000,
  pauseMs: (failures) => Math.min(30_000, 1000 * 2 ** (failures - 1)),
  mostFailures: 6,
};

/** Throws UserError for what the user can mend, and the signal's reason when it is aborted: the .part stays. */
export async function download(file: RemoteFile, part: string, options: DownloadOptions): Promise<void> {
  const { output, signal, patience } = options;
  let most = await partSize(part);
  let failures = 0;
  while (true) {
    try {
      return await transfer(file, part, options);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof BrokenTransfer)) throw error;
      const size = await partSize(part);
      failures = size > most ? 1 : failures + 1;
      most = Math.max(most, size);
      if (failures >= patience.mostFailures) throw gaveUp(file, error, size);
      const pauseMs = patience.pauseMs(failures);
      output.warn(`${file.name}: ${error.message}; next try in ${Math.ceil(pauseMs / 1000)} s`);
      await sleep(pauseMs, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }
}

/** One connection. */
async function transfer(file: RemoteFile, part: string, options: DownloadOptions): Promise<void> {
  const { output, signal, patience } = options;
  const [have, version] = [await partSize(part), await partVersion(part)];
  if (have > 0 && have === file.bytes) return;
  const goesOn = have > 0 && version !== null && (file.bytes === null || have < file.bytes);
  const begun = goesOn ? { bytes: have, version } : null;
  const headers: Record<string, string> = { "accept-encoding": "identity" };
  if (begun !== null) Object.assign(headers, { range: `bytes=${have}-`, "if-range": version });

  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(), patience.silenceMs);
  try {
    const either = AbortSignal.any([signal, silence.signal]);
    const response = await fetch(file.url, { headers, signal: either });
    const answer = await readAnswer(response, file, begun);
    if (answer === "anew") {
      await response.body?.cancel();
      await removePart(part);
      throw new BrokenTransfer("what was downloaded so far is of another version, so it begins anew");
    }
    if (answer.start === 0) {
      if (have > 0) output.info(`${file.name}: what is here cannot be gone on with; from the beginning`);
      await restartPart(part, response.headers);
    }
    await receive(file, response, part, answer, output, () => timer.refresh());
  } catch (error) {
    signal.throwIfAborted();
    if (silence.signal.aborted)
      throw new BrokenTransfer(`nothing came for ${Math.ceil(patience.silenceMs / 1000)} s`);
    throw isNetworkError(error) ? new BrokenTransfer(causeOf(error)) : error;
  } finally {
    clearTimeout(timer);
  }
}

/** Writes every piece before it asks for the next one, so that what came is kept whatever happens then. */
async function receive(
  file: RemoteFile,
  { body }: Response,
  part: string,
  { start, total }: { readonly start: number; readonly total: number | null },
  output: Output,
  heard: () => void,
): Promise<void> {
  const handle = await open(part, "a");
  let bar: ProgressBar | null = null;
  let position = start;
  try {
    for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
      heard();
      position += chunk.length;
      if (total !== null && position > total) {
        await removePart(part);
        throw anotherFile(file, "sends more");
      }
      await handle.appendFile(chunk);
      if (total === null) continue;
      bar ??= output.progress(total);
      bar.update(position, `${file.name}  ${formatBytes(position)} of ${formatBytes(total)}`);
    }
  } finally {
    bar?.stop();
    await handle.close();
  }
  if (total !== null && position < total)
    throw new BrokenTransfer(`the connection ended after ${formatBytes(position)} of ${formatBytes(total)}`);
}

function gaveUp({ name, bytes }: RemoteFile, error: Error, size: number): UserError {
  const kept = bytes === null ? formatBytes(size) : `${formatBytes(size)} of ${formatBytes(bytes)}`;
  const rest = size === 0 ? "nothing has come yet" : `${kept} are kept`;
  return new UserError(`${name}: ${error.message}; ${rest}: run the same command to go on`);
}

/** fetch gives a TypeError with the true cause, also while the body is read. */
function isNetworkError(error: unknown): boolean {
  return error instanceof TypeError && /fetch failed|terminated|network/i.test(error.message);
}

function causeOf(error: unknown): string {
  const { cause } = error as { cause?: unknown };
  const text = messageOf(cause ?? error).split("\n")[0]!;
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  return `the connection broke (${text === "" ? (code ?? "unknown reason") : text})`;
}
