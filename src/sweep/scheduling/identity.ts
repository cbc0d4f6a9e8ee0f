// A sweep is known by its content: the same words, wherever and whenever they are started, continue one sweep.

import { createHash } from "node:crypto";
import type { Sweep } from "../sweep.ts";

/**
 * Twelve hexadecimal digits. Left out is what may change while a sweep goes on: its description, `run_cap`, and lines
 * of the file, which move with every comment.
 */
export function sweepId(sweep: Sweep): string {
  const { name, method, metric, parameters, search, prune, seeds, base, removed } = sweep;
  const searched = parameters.map(({ name, distribution }) => [name, distribution]);
  const texts = Object.entries(base.texts).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const content = [name, method, metric, searched, search, prune, seeds, removed, texts];
  return createHash("sha256").update(JSON.stringify(content)).digest("hex").slice(0, 12);
}
