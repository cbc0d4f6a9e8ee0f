// A sweep is known by its content: the same words, wherever and whenever they are started, continue one sweep.

import { createHash } from "node:crypto";
import { toPlain } from "../../experiment/text/located.ts";
import { layersOf } from "../file/base-experiment.ts";
import type { Sweep } from "../sweep.ts";

/**
 * Twelve hexadecimal digits. Left out is what may change while a sweep goes on: its description, `run_cap`, whether networks
 * are measured on each other's images once all are trained, comments, and where the files lie.
 */
export function sweepId(sweep: Sweep): string {
  const { name, method, metric, parameters, search, prune, seeds, base, removed } = sweep;
  const searched = parameters.map(({ name, distribution }) => [name, distribution]);
  const experiment = layersOf(base).value;
  const content = {
    name,
    method,
    metric,
    searched,
    search,
    prune,
    seeds,
    removed,
    experiment: experiment && toPlain(experiment),
  };
  return createHash("sha256").update(JSON.stringify(content)).digest("hex").slice(0, 12);
}
