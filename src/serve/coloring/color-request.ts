// POST /color: a photograph comes in, a picture goes out, nothing stays. One is colored at a time; those that wait are not
// read yet, so that the server never holds more than one photograph.

import type { IncomingMessage, ServerResponse } from "node:http";
import { messageOf, UserError } from "../../errors.ts";
import { runMeant } from "../../runs/references.ts";
import type { Store } from "../../store/open-store.ts";
import type { Turns } from "../../turns.ts";
import { isOwnOrigin, securityHeaders } from "../headers.ts";
import {
  type ColoringCheckpoint,
  type Colorist,
  coloringCheckpoints,
  coloringLimits,
  type Picture,
} from "./colorist.ts";

export type Coloring = { readonly colorist: Colorist; readonly turns: Turns };

type Question = {
  readonly store: Store;
  readonly coloring: Coloring;
  /** `run` and `checkpoint`; without a run the photograph itself is sent back as browsers show it. */
  readonly query: URLSearchParams;
};

/** What a form of another page cannot send without asking first. */
const bytesType = "application/octet-stream";

class Problem extends Error {
  readonly status: number;
  constructor(status: number, words: string) {
    super(words);
    this.status = status;
  }
}

/** Rejects with what is a bug. */
export async function answerColoring(
  question: Question,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const abandoned = new AbortController();
  response.on("close", () => abandoned.abort(new Error("nobody waits for it any more")));
  try {
    send(response, await pictureOf(question, request, abandoned.signal));
  } catch (thrown) {
    if (abandoned.signal.aborted) return;
    const isKnown = thrown instanceof Problem || thrown instanceof UserError;
    const status = thrown instanceof Problem ? thrown.status : isKnown ? 422 : 500;
    say(
      response,
      status,
      isKnown ? messageOf(thrown) : "The terminal of hueristic serve says what went wrong.",
    );
    if (!isKnown) throw thrown;
  }
}

type Answer = Picture & { readonly about?: object };

async function pictureOf(
  { store, coloring: { colorist, turns }, query }: Question,
  request: IncomingMessage,
  signal: AbortSignal,
): Promise<Answer> {
  const { "content-type": type, "content-length": length } = request.headers;
  if (!isOwnOrigin(request.headers))
    throw new Problem(403, "Photographs are taken from this server's own pages only.");
  if (type !== bytesType) throw new Problem(415, `Expected a photograph as Content-Type ${bytesType}.`);
  if (Number(length) > coloringLimits.bytes) throw tooLarge();
  const wanted = query.has("run") ? wantedNetwork(store, query) : null;
  const leave = await turns.take(signal);
  if (leave === null) throw new Problem(503, "Too many photographs are waiting: try again in a moment.");
  try {
    const photograph = await readBody(request, signal);
    if (photograph.length === 0) throw new Problem(400, "Expected a photograph, got no bytes.");
    if (wanted === null) return await colorist.original(photograph, signal);
    const { epoch, kind, isRestored, ...picture } = await colorist.color({ photograph, ...wanted }, signal);
    return { ...picture, about: { epoch, kind, isRestored } };
  } finally {
    leave();
  }
}

function wantedNetwork(store: Store, query: URLSearchParams) {
  const checkpoint = query.get("checkpoint") ?? "last";
  if (!(coloringCheckpoints as readonly string[]).includes(checkpoint))
    throw new Problem(400, `checkpoint: expected one of ${coloringCheckpoints.join(", ")}`);
  try {
    return { runId: runMeant(query.get("run")!, store.known), checkpoint: checkpoint as ColoringCheckpoint };
  } catch (thrown) {
    throw thrown instanceof UserError ? new Problem(404, thrown.message) : thrown;
  }
}

function tooLarge(): Problem {
  const most = coloringLimits.bytes / 2 ** 20;
  return new Problem(413, `Expected at most ${most} MiB; hueristic colorize takes larger files.`);
}

const longestPauseMs = 20_000;

async function readBody(request: IncomingMessage, signal: AbortSignal): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  // It comes from this machine: what pauses for so long is stuck, and others wait.
  request.setTimeout(longestPauseMs, () => request.destroy());
  for await (const piece of request.iterator({ destroyOnReturn: false })) {
    signal.throwIfAborted();
    length += (piece as Buffer).length;
    if (length > coloringLimits.bytes) throw tooLarge();
    pieces.push(piece as Buffer);
  }
  return Buffer.concat(pieces);
}

function send(response: ServerResponse, { mime, bytes, about }: Answer): void {
  response.writeHead(200, {
    ...securityHeaders(),
    "Content-Type": mime,
    "Content-Length": bytes.length,
    "Cache-Control": "no-store",
    ...(about && { Coloring: JSON.stringify(about) }),
  });
  response.end(bytes);
}

function say(response: ServerResponse, status: number, words: string): void {
  const type = { "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store" };
  response.writeHead(status, { ...securityHeaders(), ...type });
  response.end(`${words}\n`);
}
