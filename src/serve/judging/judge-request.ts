// POST /judge: the answers of one person come in and are stored once. It is the one thing that is written here, by a connection
// of its own that is open for a moment.

import type { IncomingMessage, ServerResponse } from "node:http";
import { mostAnswersBytes } from "../../judge/read-answers.ts";
import { takeAnswers } from "../../judge/take-answers.ts";
import { plural } from "../../runs/format/words.ts";
import { openStore } from "../../store/open-store.ts";
import type { Turns } from "../../turns.ts";
import {
  type Answer,
  answerPost,
  type PostedKind,
  Problem,
  plainAnswer,
  readPosted,
  requirePosted,
} from "../posted.ts";

const answers: PostedKind = {
  what: "Answers",
  type: "application/json",
  mostBytes: mostAnswersBytes,
  tooLarge: "Expected the answers of one person, got more than 1 MB.",
};

/** Rejects with what is a bug. */
export function answerJudge(
  folder: string,
  turns: Turns,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  return answerPost(response, (signal) => stored(folder, turns, request, signal));
}

async function stored(
  folder: string,
  turns: Turns,
  request: IncomingMessage,
  signal: AbortSignal,
): Promise<Answer> {
  requirePosted(request, answers);
  const leave = await turns.take(signal);
  if (leave === null) throw new Problem(503, "Too many answers are waiting: try again in a moment.");
  try {
    const text = (await readPosted(request, answers, signal)).toString("utf8");
    const store = openStore(folder);
    try {
      const { isNew, leftOut } = takeAnswers(text, "answers", store);
      const about = leftOut > 0 ? `; ${plural(leftOut, "answer")} left out, as a network was purged` : "";
      return plainAnswer(`${isNew ? "your answers are stored" : "your answers were stored before"}${about}.`);
    } finally {
      store.close();
    }
  } finally {
    leave();
  }
}
