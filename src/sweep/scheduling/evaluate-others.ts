// What a sweep over data sets does at its end: every network on the unseen images of the others' data sets.

import { messageOf, UserError } from "../../errors.ts";
import type { Output } from "../../output.ts";
import { chooseCheckpoint } from "../../runner/evaluation/choose-checkpoint.ts";
import { evaluateRun } from "../../runner/evaluation/evaluate-run.ts";
import { type OthersOfRun, othersOf } from "../../runner/evaluation/others.ts";
import type { Store } from "../../store/open-store.ts";

type Surroundings = { readonly output: Output; readonly signal: AbortSignal };

/**
 * Measures the complete trials of a sweep; what stands in the store already is not measured again. False where some could
 * not be, which is said; the trials are complete all the same.
 */
export async function evaluateOthers(
  store: Store,
  sweepId: string,
  { output, signal }: Surroundings,
): Promise<boolean> {
  const runs = store
    .trials(sweepId)
    .flatMap(({ state, runId }) => (state === "complete" && runId !== null ? [store.getRun(runId)] : []));
  let isWhole = true;
  const orSay = async (work: () => Promise<void> | void) => {
    try {
      await work();
    } catch (thrown) {
      if (!(thrown instanceof UserError)) throw thrown;
      output.error(`evaluate.others: ${messageOf(thrown)}`);
      isWhole = false;
    }
  };
  let jobs: readonly OthersOfRun[] = [];
  await orSay(() => {
    const found = othersOf(store, runs);
    jobs = found.jobs;
    for (const note of found.notes) output.info(note);
  });
  for (const { run, sets } of jobs)
    await orSay(async () => {
      const checkpoint = chooseCheckpoint(store, run, "last");
      const missing = sets.filter((set) => !isMeasured(store, run.id, set, checkpoint.step));
      if (missing.length === 0) return;
      output.info(`run ${run.id}: ${run.name} on ${missing.map(({ name }) => name).join(", ")}`);
      const { metrics } = run.experiment;
      await evaluateRun(run, checkpoint, missing, { store, output, signal, metrics, device: null });
    });
  return isWhole;
}

function isMeasured(
  store: Store,
  runId: string,
  { name, unseenByAll }: OthersOfRun["sets"][number],
  step: number,
): boolean {
  const known = store.evaluationSets(runId).find(({ set }) => set === name);
  return (
    known?.fingerprint === unseenByAll?.fingerprint &&
    store.series(runId, `${name}/loss`)?.step.at(-1) === step
  );
}
