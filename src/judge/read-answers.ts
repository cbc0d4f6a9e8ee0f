// Answers as they come back from people: text of unknown origin. Whole or refused, with one line that says what is wrong.

import { z } from "zod";
import { UserError } from "../errors.ts";
import type { Study } from "../store/study-rows.ts";
import { type Answers, answersVersion } from "./answers.ts";
import { pairIds } from "./pair-ids.ts";

/** Forty answers are 2 kB. */
export const mostAnswersBytes = 1e6;

const word = z.string().regex(/^[a-z0-9]{1,32}$/);

const schema = z.strictObject({
  hueristic_answers: z.literal(answersVersion),
  study: word,
  judge: word,
  name: z.string().max(60),
  answers: z
    .array(
      z.strictObject({
        pair: word,
        picture: z.union([z.literal(0), z.literal(1)]),
        ms: z.int().min(0).max(86_400_000),
      }),
    )
    .max(10_000),
});

/** `file` is for messages. Throws UserError. */
export function readAnswers(text: string, file: string): Answers {
  const parsed = schema.safeParse(parsedJson(text, file));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = [issue!.path.join("."), issue!.message].filter(Boolean).join(": ");
    throw new UserError(`${file}: expected the answers that a page of hueristic judge writes (${where})`);
  }
  const { study, judge, name, answers } = parsed.data;
  return { study, id: judge, name, judgements: answers };
}

/**
 * Throws UserError where they are not one to every pair of the study; those of pairs that went with a purged network may be
 * among them.
 */
export function requireAnswers(study: Study, { judgements }: Answers, file: string): void {
  const pairs = new Set(study.pairs.map(({ id }) => id));
  const made = new Set([...pairs, ...pairIds(study.pairsMade)]);
  const answered = new Set<string>();
  for (const { pair } of judgements) {
    if (!made.has(pair)) throw new UserError(`${file}: pair ${pair}: study ${study.id} has no such pair`);
    if (answered.has(pair)) throw new UserError(`${file}: pair ${pair}: expected one answer, got several`);
    answered.add(pair);
  }
  const kept = judgements.filter(({ pair }) => pairs.has(pair)).length;
  if (kept < pairs.size)
    throw new UserError(
      `${file}: expected answers to all ${pairs.size} pairs of study ${study.id}, got ${kept}`,
    );
}

function parsedJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UserError(`${file}: expected the answers that a page of hueristic judge writes, got no JSON`);
  }
}
