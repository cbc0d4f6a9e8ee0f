// The weights of a pretrained classifier from a file that the user made or was given (docs/classifiers.md): nothing is
// downloaded.

import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../errors.ts";
import type { PretrainedNetwork } from "../../models/pretrained/pretrained-network.ts";
import type { State } from "../../training-step.ts";
import { readTensors } from "../safetensors.ts";
import { readLayersModel } from "./layers-model.ts";
import { matchWeights } from "./match-weights.ts";

/**
 * From a .safetensors file with Keras's names or from the model.json of a TensorFlow.js layers model. With `output`
 * features the weights of "predictions" are left out, and the file need not have them. Throws UserError.
 */
export function readPretrainedWeights(
  file: string,
  network: PretrainedNetwork,
  output: "features" | "classes",
): State {
  const names = Object.keys(network.weights);
  const wanted = output === "classes" ? names : names.filter((name) => !name.startsWith("predictions/"));
  return matchWeights(file, readFile(file), network, wanted);
}

function readFile(file: string): State {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (!stats) throw new UserError(`${file}: no such file`);
  if (stats.isDirectory()) {
    const inside = path.join(file, "model.json");
    throw new UserError(
      `${file}: expected a file, got a folder${existsSync(inside) ? `; did you mean ${inside}?` : ""}`,
    );
  }
  const extension = path.extname(file).toLowerCase();
  if (extension === ".safetensors") return readTensors(file).tensors;
  if (extension === ".json") return readLayersModel(file);
  throw new UserError(
    `${file}: expected a .safetensors file or the model.json of a TensorFlow.js layers model; docs/classifiers.md says how to make one`,
  );
}
