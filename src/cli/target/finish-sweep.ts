import type { Output } from "../../output.ts";
import type { Store } from "../../store/open-store.ts";
import type { Sweep } from "../../sweep/sweep.ts";

/** What is left once no trial waits or runs: 0, or the exit code of what could not be done. */
export async function finishSweep(
  store: Store,
  id: string,
  { evaluateOthers: isAsked }: Pick<Sweep, "evaluateOthers">,
  output: Output,
): Promise<number> {
  const isDone = store.trials(id).every(({ state }) => state !== "waiting" && state !== "running");
  if (!isAsked || !isDone) return 0;
  const { untilInterrupted } = await import("../../runner/interrupt.ts");
  const { evaluateOthers } = await import("../../sweep/scheduling/evaluate-others.ts");
  let isWhole = true;
  const stopped = await untilInterrupted(async (signal) => {
    isWhole = await evaluateOthers(store, id, { output, signal });
  });
  return stopped || (isWhole ? 0 : 1);
}
