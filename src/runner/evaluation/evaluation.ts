// What a training evaluates whenever samples are drawn: seen, unseen and the experiment's own sets, with all metrics.

import type { PreparedDataset } from "../../datasets/prepare/prepare.ts";
import type { EngineState } from "../../engine/engine.ts";
import type { Experiment } from "../../experiment/experiment.ts";
import type { OpenMetrics } from "../../metrics/open-metrics.ts";
import type { Store } from "../../store/open-store.ts";
import type { EvaluatedSet } from "../../store/rows.ts";
import type { RunWriter } from "../../store/run-writer.ts";
import type { BatchSource } from "../batch-source.ts";
import type { Evaluator } from "../evaluate.ts";
import type { SampleSet } from "../samples.ts";
import { beginEvaluation, type EvaluationSet, evaluateSet, type SetEvaluation } from "./evaluate-set.ts";
import { imagesOfSide } from "./images-of-set.ts";
import { type OpenSet, trainedOnToo } from "./open-sets.ts";
import { saveDatasetRows } from "./save-dataset-rows.ts";

export type Evaluation = {
  /** The experiment's own sets. */
  readonly named: readonly (EvaluationSet & SampleSet)[];
  /** For the pass over all unseen images that every epoch makes. */
  beginUnseen(): SetEvaluation;
  /** All others, one after the other. */
  evaluateOthers(state: EngineState): Promise<EvaluatedSet[]>;
  close(): Promise<void>;
};

export type EvaluationParts = {
  readonly experiment: Experiment;
  readonly dataset: PreparedDataset;
  readonly evaluator: Evaluator;
  readonly metrics: OpenMetrics;
  readonly sets: readonly (OpenSet & { readonly source: BatchSource })[];
};

export function createEvaluation(parts: EvaluationParts): Evaluation {
  const { experiment, dataset, evaluator, metrics, sets } = parts;
  const most = experiment.samples.measured;
  const unseen: EvaluationSet = { name: "unseen", evaluator, ...imagesOfSide(dataset, "unseen", most) };
  // No more than of the unseen ones, so that the two compare and small data sets do not pay for more.
  const seen: EvaluationSet = {
    name: "seen",
    evaluator,
    ...imagesOfSide(dataset, "seen", unseen.indices.length),
  };
  const named = sets.map(({ name, dataset, indices, places, source }): EvaluationSet & SampleSet => ({
    name,
    dataset,
    indices,
    places,
    evaluator: evaluator.over(source),
  }));
  return {
    named,
    close: () => metrics.close(),
    beginUnseen: () => beginEvaluation(unseen, metrics),
    async evaluateOthers(state) {
      // The loss of training images while the network changes has the name seen/loss already.
      const { ofSet, ...ofSeen } = await evaluateSet(seen, state, metrics);
      const { loss: _, ...values } = ofSet;
      const measured: EvaluatedSet[] = [{ ...ofSeen, ofSet: values }];
      for (const set of named) measured.push(await evaluateSet(set, state, metrics));
      return measured;
    },
  };
}

/** Before the first value: what is measured on, what is left out of it, and where it holds images that are trained on. */
export async function announceEvaluation(
  { sets, dataset }: EvaluationParts,
  store: Store,
  run: RunWriter,
  warn: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  for (const set of sets) saveDatasetRows(store, set.dataset);
  run.nameSets(
    sets.map(({ name, dataset: { fingerprint }, bothSides }) => ({ set: name, fingerprint, bothSides })),
  );
  const said = new Set(store.events(run.id).map(({ message }) => message)); // before a resumption
  for (const set of sets) {
    for (const note of set.dataset.leftOut.map((note) => `${set.name}: ${note}`)) {
      if (!said.has(note)) run.event("info", "evaluation-set", note);
    }
    for (const message of await trainedOnToo(set, dataset, signal)) {
      if (said.has(message)) continue;
      warn(message);
      run.event("warning", "evaluation-set", message);
    }
  }
}
