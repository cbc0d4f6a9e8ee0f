// One run as `list` and `show` give it: the same fields in both, with names that scripts can rely on.

import { bestPoint } from "../../runs/best.ts";
import type { Store } from "../../store/open-store.ts";
import type { RunSummary } from "../../store/read-runs.ts";
import type { RunStatus } from "../../store/rows.ts";

export type ListedRun = {
  readonly id: string;
  readonly name: string;
  readonly status: RunStatus;
  readonly model: string;
  readonly dataset: string;
  readonly engine: string;
  readonly epoch: number;
  readonly epochs: number;
  readonly step: number;
  /** Mean over the newest whole epoch; null before that. */
  readonly seenLoss: number | null;
  readonly unseenLoss: number | null;
  readonly bestUnseenLoss: number | null;
  readonly bestUnseenEpoch: number | null;
  /** Newest values of unseen images by metric; docs/metrics.md. null where it is not finite. */
  readonly unseenMetrics: Readonly<Record<string, number | null>>;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly finishedAt: string | null;
  readonly durationMs: number;
  readonly tags: readonly string[];
  readonly note: string;
};

const unseenLoss = "unseen/loss";

export function readSummary(store: Store, run: RunSummary): ListedRun {
  const losses = store.series(run.id, unseenLoss);
  const best = losses === undefined ? null : bestPoint(losses, "lower");
  return {
    id: run.id,
    name: run.name,
    status: run.status,
    model: run.experiment.model.kind,
    dataset: run.experiment.dataset.kind,
    engine: run.engine,
    epoch: run.lastEpoch ?? 0,
    // A resume may have asked for more than the stored experiment says.
    epochs: Math.max(run.experiment.train.epochs, run.lastEpoch ?? 0),
    step: run.lastStep ?? 0,
    seenLoss: orNull(run.last["seen/loss"]),
    unseenLoss: orNull(run.last[unseenLoss]),
    bestUnseenLoss: best?.value ?? null,
    bestUnseenEpoch: best === null ? null : Math.round(best.step / run.stepsPerEpoch),
    unseenMetrics: Object.fromEntries(
      Object.entries(run.specs)
        .filter(([, { set, family }]) => set === "unseen" && family === "metric")
        .map(([series, { name }]): [string, number | null] => [name, orNull(run.last[series])])
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    ),
    createdAt: new Date(run.createdAt).toISOString(),
    finishedAt: run.finishedAt === null ? null : new Date(run.finishedAt).toISOString(),
    durationMs: run.durationMs,
    tags: run.tags,
    note: run.note,
  };
}

/** The summary of the run that a user means. Throws UserError where there is none. */
export function findSummary(store: Store, ref: string): RunSummary {
  const { id, name } = store.getRun(ref);
  const found = store.summaries({ name }).find((run) => run.id === id);
  if (found === undefined) throw new Error(`run ${id}: is in the store, but not in its list`);
  return found;
}

function orNull(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}
