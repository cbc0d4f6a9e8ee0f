// The file in which a judge's answers come back. Pages write it, so nothing of Node is here; read-answers.ts reads it.

import type { Judge } from "../store/study-rows.ts";

export type Answers = Judge & { readonly study: string };

export const answersVersion = 1;

/** One answer a line, short enough for a mail. */
export function answersText({ study, id, name, judgements }: Answers): string {
  const lines = judgements.map(({ pair, picture, ms }) => JSON.stringify({ pair, picture, ms }));
  const head = { hueristic_answers: answersVersion, study, judge: id, name };
  return `${JSON.stringify(head).slice(0, -1)},"answers":[\n${lines.join(",\n")}\n]}\n`;
}

/** What the file is called. */
export function answersFileName({ study, id }: Pick<Answers, "study" | "id">): string {
  return `answers-${study}-${id}.json`;
}
