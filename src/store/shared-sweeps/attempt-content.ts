// What stands in the files of an attempt. Everything is looked at before it is believed: a file may be torn, or of somebody
// else.

import type { Measured, NewTrial } from "../trial-leases.ts";
import { readObject } from "./exclusive-file.ts";

export type ClaimContent = NewTrial & {
  /** The process that made it, as src/process-identity.ts names it. */
  readonly holder: string;
  /** The job of a scheduler that it is part of, such as "slurm 4711_3"; null outside of one. */
  readonly job: string | null;
  /** The run of the attempts before; null where none had begun. */
  readonly runId: string | null;
};

export type ProgressContent = {
  readonly runId: string;
  /** Finished in this attempt. */
  readonly epochs: number;
  /** null before the first value. */
  readonly measured: Measured | null;
};

/** One line: the heartbeat writes its end anew. */
export function contentText(
  content: ClaimContent | ProgressContent | Readonly<Record<string, unknown>>,
): string {
  return `${JSON.stringify(content, (_, value) =>
    typeof value === "number" && !Number.isFinite(value) ? String(value) : value,
  )}\n`;
}

export function readClaim(file: string): ClaimContent | null {
  const found = readObject(file);
  if (found === null) return null;
  const { parameters, seed = null, holder, job = null, runId = null } = found;
  const isWhole =
    isObject(parameters) &&
    (seed === null || Number.isInteger(seed)) &&
    typeof holder === "string" &&
    isTextOrNull(job) &&
    isTextOrNull(runId);
  return isWhole ? ({ parameters, seed, holder, job, runId } as ClaimContent) : null;
}

export function readProgress(file: string): ProgressContent | null {
  const found = readObject(file);
  if (found === null || typeof found.runId !== "string" || !Number.isInteger(found.epochs)) return null;
  const { runId, epochs, measured } = found as { runId: string; epochs: number; measured: unknown };
  return { runId, epochs, measured: isObject(measured) ? measuredOf(measured) : null };
}

/** Of an attempt that failed or diverged. */
export function readError(file: string): string | null {
  const error = readObject(file)?.error;
  return typeof error === "string" ? error : null;
}

function measuredOf({ series, stepsPerEpoch, step, value }: Record<string, unknown>): Measured | null {
  if (typeof series !== "string" || typeof stepsPerEpoch !== "number") return null;
  if (!Array.isArray(step) || !Array.isArray(value) || step.length !== value.length) return null;
  // NaN and the infinities are no JSON: they are written as their names.
  return { series, stepsPerEpoch, step: step.map(Number), value: value.map(Number) };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || typeof value === "string";
}
