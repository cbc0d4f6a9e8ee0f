// POST /color: a photograph comes in, a picture goes out, nothing stays. One is colored at a time; those that wait are not
// read yet, so that the server never holds more than one photograph.

import type { IncomingMessage, ServerResponse } from "node:http";
import { UserError } from "../../errors.ts";
import { runMeant } from "../../runs/references.ts";
import type { Store } from "../../store/open-store.ts";
import type { Turns } from "../../turns.ts";
import { type Answer, answerPost, type PostedKind, Problem, readPosted, requirePosted } from "../posted.ts";
import { type ColoringCheckpoint, type Colorist, coloringCheckpoints, coloringLimits } from "./colorist.ts";

export type Coloring = { readonly colorist: Colorist; readonly turns: Turns };

type Question = {
  readonly store: Store;
  readonly coloring: Coloring;
  /** `run` and `checkpoint`; without a run the photograph itself is sent back as browsers show it. */
  readonly query: URLSearchParams;
};

const photographs: PostedKind = {
  what: "Photographs",
  type: "application/octet-stream",
  mostBytes: coloringLimits.bytes,
  tooLarge: `Expected at most ${coloringLimits.bytes / 2 ** 20} MiB; hueristic colorize takes larger files.`,
};

/** Rejects with what is a bug. */
export function answerColoring(
  question: Question,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  return answerPost(response, (signal) => pictureOf(question, request, signal));
}

async function pictureOf(
  { store, coloring: { colorist, turns }, query }: Question,
  request: IncomingMessage,
  signal: AbortSignal,
): Promise<Answer> {
  requirePosted(request, photographs);
  const wanted = query.has("run") ? wantedNetwork(store, query) : null;
  const leave = await turns.take(signal);
  if (leave === null) throw new Problem(503, "Too many photographs are waiting: try again in a moment.");
  try {
    const photograph = await readPosted(request, photographs, signal);
    if (photograph.length === 0) throw new Problem(400, "Expected a photograph, got no bytes.");
    if (wanted === null) return await colorist.original(photograph, signal);
    const { epoch, kind, isRestored, ...picture } = await colorist.color({ photograph, ...wanted }, signal);
    return { ...picture, headers: { Coloring: JSON.stringify({ epoch, kind, isRestored }) } };
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
