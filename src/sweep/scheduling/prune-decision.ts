// Where pruning plugs in: asked after every epoch of a trial whose sweep has early_terminate.

import type { Sweep } from "../sweep.ts";
import type { PastTrial } from "../trial.ts";

/** Whether trial `number`, one of `trials`, is stopped after the last epoch of its curve. Pure. */
export type PruneDecision = (sweep: Sweep, trials: readonly PastTrial[], number: number) => boolean;
