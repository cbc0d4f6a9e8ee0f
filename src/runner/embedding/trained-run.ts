// The classifier of a run of the model kind `classifier`.

import { UserError } from "../../errors.ts";
import type { EmbeddingConfig, Experiment } from "../../experiment/experiment.ts";
import { trainedEmbedding } from "../../models/embedding-networks.ts";
import type { Store } from "../../store/open-store.ts";
import { checkpointFiles, checkpointFolder, readCheckpoint } from "../checkpoints.ts";
import { type Asker, type AskerOptions, askNetwork } from "./asker.ts";

/** `run: latest` as the id that it means now, so that the run is told by it for good. */
export function resolveClassifierRun(experiment: Experiment, store: Store): Experiment {
  const { model } = experiment;
  if (model.kind !== "gamma" || model.classifier.kind !== "trained") return experiment;
  const { run: ref } = model.classifier;
  const runs = store.listRuns().filter((run) => run.experiment.model.kind === "classifier");
  const newest = runs[0];
  if (newest === undefined) {
    throw new UserError(
      `model.classifier.run: no run of the model kind classifier in ${store.folder}; train one first, such as \`hueristic run experiments/celeba-classifier.yaml\``,
    );
  }
  const run = ref === "latest" ? newest : store.getRun(ref);
  if (run.experiment.model.kind !== "classifier") {
    const known = runs.map(({ id, name }) => `${id} ${JSON.stringify(name)}`);
    throw new UserError(
      `model.classifier.run: expected a run of the model kind classifier, got ${run.id}, which is ${run.experiment.model.kind} (known: ${known.slice(0, 5).join(", ")})`,
    );
  }
  return { ...experiment, model: { ...model, classifier: { ...model.classifier, run: run.id } } };
}

/** As of its newest checkpoint. */
export async function askTrainedRun(
  config: Extract<EmbeddingConfig, { kind: "trained" }>,
  store: Store,
  options: AskerOptions,
): Promise<Asker> {
  const { id, experiment } = store.getRun(config.run);
  const { model, image } = experiment;
  if (model.kind !== "classifier") throw new Error(`run ${id} is no classifier`);
  const newest = checkpointFiles(checkpointFolder(store.folder, id)).at(-1);
  if (newest === undefined) {
    throw new UserError(
      `model.classifier.run: run ${id} has no checkpoint yet; go on with it: hueristic run --resume ${id}`,
    );
  }
  const { state, step } = readCheckpoint(newest);
  const labels = state["labels/bias"]?.shape[0];
  if (labels === undefined) throw new UserError(`${newest}: expected the weights of a classifier`);
  const { output } = config;
  const network = trainedEmbedding({ imageSize: image.size, width: model.width, labels }, state, output);
  const description = `run ${id}, step ${step}, ${network.size} ${output}`;
  return askNetwork(network, { description, output }, options);
}
