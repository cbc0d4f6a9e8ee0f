// A run of a model that can tell others what pictures show: a classifier.

import { UserError } from "../../errors.ts";
import type { Experiment, ModelConfig } from "../../experiment/experiment.ts";
import type { EmbeddingSource } from "../../models/embedding.ts";
import { isEmbedded, modelOf, models } from "../../models/models.ts";
import type { Store } from "../../store/open-store.ts";
import { checkpointFiles, checkpointFolder, readCheckpoint } from "../checkpoints.ts";
import { type Asker, type AskerOptions, askNetwork } from "./asker.ts";

const canTell = (model: ModelConfig) => modelOf(model).loadTeller !== null;
const tellers = models.filter(({ loadTeller }) => loadTeller !== null).map(({ kind }) => kind);
const aRun = `run of the model kind ${tellers.join(" or ")}`;

/** `run: latest` as the id that it means now, so that the run is told by it for good. */
export function resolveClassifierRun(experiment: Experiment, store: Store): Experiment {
  const { model } = experiment;
  if (!isEmbedded(model) || model.classifier.kind !== "trained") return experiment;
  const { run: ref } = model.classifier;
  const runs = store.listRuns().filter((run) => canTell(run.experiment.model));
  const newest = runs[0];
  if (newest === undefined) {
    throw new UserError(
      `model.classifier.run: no ${aRun} in ${store.folder}; train one first, such as \`hueristic run experiments/celeba-classifier.yaml\``,
    );
  }
  const run = ref === "latest" ? newest : store.getRun(ref);
  if (!canTell(run.experiment.model)) {
    const known = runs.map(({ id, name }) => `${id} ${JSON.stringify(name)}`);
    throw new UserError(
      `model.classifier.run: expected a ${aRun}, got ${run.id}, which is ${run.experiment.model.kind} (known: ${known.slice(0, 5).join(", ")})`,
    );
  }
  return { ...experiment, model: { ...model, classifier: { ...model.classifier, run: run.id } } };
}

/** As of its newest checkpoint. */
export async function askTrainedRun(
  config: Extract<EmbeddingSource, { kind: "trained" }>,
  store: Store,
  options: AskerOptions,
): Promise<Asker> {
  const { id, experiment } = store.getRun(config.run);
  const { model, image } = experiment;
  const load = modelOf(model).loadTeller;
  if (load === null) throw new Error(`run ${id} is no classifier`);
  const newest = checkpointFiles(checkpointFolder(store.folder, id)).at(-1);
  if (newest === undefined) {
    throw new UserError(
      `model.classifier.run: run ${id} has no checkpoint yet; go on with it: hueristic run --resume ${id}`,
    );
  }
  const { state, step } = readCheckpoint(newest);
  const { output } = config;
  const network = (await load())({ model, imageSize: image.size, state, output });
  if (network === null) throw new UserError(`${newest}: expected the weights of a classifier`);
  const description = `run ${id}, step ${step}, ${network.size} ${output}`;
  return askNetwork(network, { description, output }, options);
}
