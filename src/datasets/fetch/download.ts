// Downloads one file into its .part, goes on where an earlier try stopped, and tries again when a connection breaks
// or falls silent. Whether the bytes are the right ones is for the checksum to say.

import { setTimeout as sleep } from "node:timers/promises";
import { messageOf, UserError } from "../../errors.ts";
import type { Output } from "../../output.ts";
import { formatBytes } from "../../runs/format/sizes.ts";
import { type Answer, BrokenTransfer, readAnswer } from "./answer.ts";
import { diskError } from "./disk.ts";
import { type PartFile, validatorOf } from "./part-file.ts";
import { type Meter, startMeter } from "./transfer-meter.ts";
import { confirmedAddress, looksLikePage, pageError } from "./web-page.ts";

export type RemoteFile = {
  readonly name: string;
  readonly url: string;
  /** Null where the size may differ. */
  readonly bytes: number | null;
  readonly byHand: string;
};

export type DownloadOptions = {
  readonly output: Output;
  readonly signal: AbortSignal;
  readonly now: () => number;
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
export async function download(file: RemoteFile, part: PartFile, options: DownloadOptions): Promise<void> {
  const { output, signal, patience } = options;
  const meters = meterOnce(file, options);
  let { url } = file;
  let most = await part.size();
  let failures = 0;
  try {
    while (true) {
      try {
        const next = await transfer({ ...file, url }, part, meters.update, options);
        if (next === null) return;
        if (url !== file.url) throw pageError(next.page, { ...file, url });
        const confirmed = confirmedAddress(next.page, next.url);
        if (confirmed === null) throw pageError(next.page, { ...file, url });
        url = confirmed;
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof BrokenTransfer)) throw error;
        const size = await part.size();
        failures = size > most ? 1 : failures + 1;
        most = Math.max(most, size);
        if (failures >= patience.mostFailures) throw gaveUp(file, error, size);
        const pauseMs = patience.pauseMs(failures);
        output.warn(`${file.name}: ${error.message}; next try in ${Math.ceil(pauseMs / 1000)} s`);
        await sleep(pauseMs, undefined, { signal }).catch(() => signal.throwIfAborted());
      }
    }
  } finally {
    meters.stop();
  }
}

/** One connection. Gives null when the file is whole, or the page that came instead. */
async function transfer(
  file: RemoteFile,
  part: PartFile,
  onProgress: (done: number, total: number) => void,
  { output, signal, patience }: DownloadOptions,
): Promise<{ readonly page: string; readonly url: string } | null> {
  const [have, validator] = [await part.size(), await part.validator()];
  if (have > 0 && have === file.bytes) return null;
  const isGoingOn = have > 0 && validator !== null && (file.bytes === null || have < file.bytes);
  const headers: Record<string, string> = { "accept-encoding": "identity" };
  if (isGoingOn) Object.assign(headers, { range: `bytes=${have}-`, "if-range": validator });

  const silence = watchSilence(signal, patience.silenceMs);
  const { signal: either } = silence;
  let body: ReadableStream<Uint8Array> | null = null;
  try {
    const response = await fetch(file.url, { headers, signal: either });
    body = response.body as ReadableStream<Uint8Array> | null;
    const wanted = { origin: file, have: isGoingOn ? have : 0, validator, bytes: file.bytes };
    const answer = await readAnswer(response, wanted);
    if (answer.kind === "page") return { page: await response.text(), url: response.url };
    if (answer.kind === "begin-anew") {
      await part.remove();
      throw new BrokenTransfer("what was downloaded so far is of another version, so it begins anew");
    }
    if (answer.start === 0) {
      if (have > 0) output.info(`${file.name}: what is here cannot be gone on with; from the beginning`);
      await part.restart(validatorOf(response.headers));
    }
    const page = await receive(file, body, part, answer, onProgress, silence.heard);
    return page === null ? null : { page, url: response.url };
  } catch (error) {
    signal.throwIfAborted();
    if (either.aborted)
      throw new BrokenTransfer(`nothing came for ${Math.ceil(patience.silenceMs / 1000)} s`);
    throw isNetworkError(error) ? new BrokenTransfer(causeOf(error)) : error;
  } finally {
    silence.stop();
    await body?.cancel().catch(() => {});
  }
}

/** Gives the page where the body turns out to be one, though its header did not say so. */
async function receive(
  file: RemoteFile,
  body: ReadableStream<Uint8Array> | null,
  part: PartFile,
  { start, total }: Extract<Answer, { kind: "body" }>,
  onProgress: (done: number, total: number) => void,
  heard: () => void,
): Promise<string | null> {
  const handle = await part.open();
  let position = start;
  let page: Buffer | null = null;
  try {
    for await (const chunk of body ?? []) {
      heard();
      if (position === 0 && page === null && looksLikePage(chunk)) page = Buffer.alloc(0);
      if (page !== null) {
        if (page.length < 2 ** 20) page = Buffer.concat([page, chunk]);
        continue;
      }
      if (total !== null && position + chunk.length > total) {
        await part.remove();
        throw new UserError(
          `${file.name}: expected ${total.toLocaleString("en-US")} bytes, ${file.url} sends more: another file; name another address or folder with --from`,
        );
      }
      await writeAll(handle, chunk, position, part.path);
      position += chunk.length;
      if (total !== null) onProgress(position, total);
    }
  } finally {
    await handle.close();
  }
  if (page !== null) {
    await part.remove();
    return page.toString("utf8");
  }
  if (total !== null && position < total)
    throw new BrokenTransfer(`the connection ended after ${formatBytes(position)} of ${formatBytes(total)}`);
  return null;
}

async function writeAll(
  handle: import("node:fs/promises").FileHandle,
  chunk: Uint8Array,
  position: number,
  path: string,
): Promise<void> {
  try {
    for (let done = 0; done < chunk.length; ) {
      const { bytesWritten } = await handle.write(chunk, done, chunk.length - done, position + done);
      done += bytesWritten;
    }
  } catch (error) {
    throw diskError(error, path);
  }
}

function watchSilence(signal: AbortSignal, silenceMs: number) {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new BrokenTransfer("silence")), silenceMs);
  return {
    signal: AbortSignal.any([signal, controller.signal]),
    heard: () => void timer.refresh(),
    stop: () => clearTimeout(timer),
  };
}

/** The bar appears when the total is known. */
function meterOnce({ name }: RemoteFile, { output, now }: DownloadOptions) {
  let meter: Meter | null = null;
  return {
    update(done: number, total: number) {
      meter ??= startMeter(output, name, total, now);
      meter.update(done);
    },
    stop: () => meter?.stop(),
  };
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
