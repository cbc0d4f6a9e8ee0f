// What is sent to the server: who may send it, how much, and how it is answered.

import type { IncomingMessage, ServerResponse } from "node:http";
import { messageOf, UserError } from "../errors.ts";
import { isOwnOrigin, securityHeaders } from "./headers.ts";

/** An answer of this status, in words for the user. */
export class Problem extends Error {
  readonly status: number;
  constructor(status: number, words: string) {
    super(words);
    this.status = status;
  }
}

export type Answer = {
  readonly mime: string;
  readonly bytes: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
};

/** `work` throws Problem and UserError for what the user can mend. Rejects with what is a bug. */
export async function answerPost(
  response: ServerResponse,
  work: (signal: AbortSignal) => Promise<Answer>,
): Promise<void> {
  const abandoned = new AbortController();
  response.on("close", () => abandoned.abort(new Error("nobody waits for it any more")));
  try {
    send(response, 200, await work(abandoned.signal));
  } catch (thrown) {
    if (abandoned.signal.aborted) return;
    const isKnown = thrown instanceof Problem || thrown instanceof UserError;
    const status = thrown instanceof Problem ? thrown.status : isKnown ? 422 : 500;
    const words = isKnown ? messageOf(thrown) : "The terminal of hueristic serve says what went wrong.";
    send(response, status, plainAnswer(words));
    if (!isKnown) throw thrown;
  }
}

export function plainAnswer(words: string): Answer {
  return { mime: "text/plain; charset=utf-8", bytes: Buffer.from(`${words}\n`) };
}

export type PostedKind = {
  /** Such as "Photographs". */
  readonly what: string;
  /** One that a form of another page cannot send without asking first. */
  readonly type: string;
  readonly mostBytes: number;
  /** For one of more. */
  readonly tooLarge: string;
};

/** Before anything of it is read. Throws Problem. */
export function requirePosted({ headers }: IncomingMessage, kind: PostedKind): void {
  if (!isOwnOrigin(headers))
    throw new Problem(403, `${kind.what} are taken from this server's own pages only.`);
  if (headers["content-type"] !== kind.type)
    throw new Problem(415, `${kind.what}: expected Content-Type ${kind.type}.`);
  if (Number(headers["content-length"]) > kind.mostBytes) throw new Problem(413, kind.tooLarge);
}

const longestPauseMs = 20_000;

/** Throws Problem where there is more than may be. */
export async function readPosted(
  request: IncomingMessage,
  { mostBytes, tooLarge }: PostedKind,
  signal: AbortSignal,
): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  // It comes from this machine: what pauses for so long is stuck, and others wait.
  const isStuck = () => request.destroy();
  request.setTimeout(longestPauseMs, isStuck);
  try {
    for await (const piece of request.iterator({ destroyOnReturn: false })) {
      signal.throwIfAborted();
      length += (piece as Buffer).length;
      if (length > mostBytes) throw new Problem(413, tooLarge);
      pieces.push(piece as Buffer);
    }
  } finally {
    // From here on it is the server that takes its time.
    request.setTimeout(0).off("timeout", isStuck);
  }
  return Buffer.concat(pieces);
}

function send(response: ServerResponse, status: number, { mime, bytes, headers }: Answer): void {
  response.writeHead(status, {
    ...securityHeaders(),
    "Content-Type": mime,
    "Content-Length": bytes.length,
    "Cache-Control": "no-store",
    ...headers,
  });
  response.end(bytes);
}
