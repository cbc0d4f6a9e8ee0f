// Small trained runs whose networks say something: the last kernels are enlarged, so that colors are strong.

import path from "node:path";
import type { Experiment, ModelConfig } from "../../../src/experiment/experiment.ts";
import { silent } from "../../../src/output.ts";
import {
  checkpointFiles,
  checkpointFolder,
  readCheckpoint,
  writeCheckpoint,
} from "../../../src/runner/checkpoints.ts";
import { runExperiment } from "../../../src/runner/run-experiment.ts";
import { smallExperiment } from "../small-experiment.ts";

export const pix2pix = (more: object = {}): ModelConfig => ({
  kind: "pix2pix",
  color: "lab",
  width: 8,
  depth: null,
  norm: "batch",
  dropout: "reference",
  gan_loss: "vanilla",
  l1_weight: 100,
  discriminator: { width: null, n_layers: 1, scales: 1, feature_matching: 0, padding: null },
  attention: null,
  spectral_norm: [],
  evaluation: "running",
  ...more,
});

export function drawn(model: ModelConfig, size: number): Experiment {
  return { ...smallExperiment({ epochs: 1 }), model, image: { size } };
}

/** The id of a run whose newest checkpoint has been enlarged. */
export async function trainedRun(root: string, experiment: Experiment): Promise<string> {
  const runsFolder = path.join(root, "runs");
  const { runId } = await runExperiment(experiment, {
    runsFolder,
    source: null,
    resume: null,
    output: silent,
    threads: 2,
  });
  const folder = checkpointFolder(runsFolder, runId!);
  const checkpoint = readCheckpoint(checkpointFiles(folder).at(-1)!);
  const state = Object.fromEntries(
    Object.entries(checkpoint.state).map(([name, tensor]) => {
      const strong =
        (tensor.shape.length === 4 && tensor.shape[3] === 2) ||
        /^generator\/(up1\/kernel|attention\/gamma)$/.test(name);
      const data = strong
        ? tensor.data.map((value, at) => 8 * value + (tensor.data.length === 1 ? 1 : 0.02 * ((at % 7) - 3)))
        : tensor.data;
      return [name, { ...tensor, data }];
    }),
  );
  writeCheckpoint(folder, { ...checkpoint, state }, 9);
  return runId!;
}
