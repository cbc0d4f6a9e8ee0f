import type { Experiment } from "../../experiment/experiment.ts";
import { openMetrics } from "../../metrics/open-metrics.ts";
import { openBatchSource } from "../batch-source.ts";
import type { Embed } from "../embedding/open-embedding.ts";
import type { EvaluationParts } from "./evaluation.ts";
import type { OpenSet } from "./open-sets.ts";

type Asked = Pick<EvaluationParts, "dataset" | "evaluator"> & {
  readonly sets: readonly OpenSet[];
  readonly embed: Embed;
  readonly threads: number | undefined;
};

/** null where the experiment names no metric or the network makes no colors. */
export async function openEvaluation(
  experiment: Experiment,
  { dataset, evaluator, sets, embed, threads }: Asked,
): Promise<EvaluationParts | null> {
  const { metrics, image } = experiment;
  if (metrics.length === 0 || evaluator.output === "labels") return null;
  const sources: EvaluationParts["sets"][number][] = [];
  for (const set of sets) {
    const embedded = await embed(set.dataset);
    sources.push({ ...set, source: openBatchSource(experiment, set.dataset, embedded?.vectors ?? null) });
  }
  const opened = await openMetrics(metrics, { size: image.size, threads });
  return { experiment, dataset, evaluator, metrics: opened, sets: sources };
}
