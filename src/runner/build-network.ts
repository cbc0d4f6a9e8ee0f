// The network of an experiment, with what only data or another network can say.

import type { Experiment } from "../experiment/experiment.ts";
import { modelOf } from "../models/models.ts";
import type { Network, NetworkOptions } from "../models/network.ts";

/** What the model needs beside pictures, as it declares. */
export type NetworkExtras = Pick<NetworkOptions<unknown>, "embedding" | "labels">;

export async function buildNetwork(
  { model, image, train }: Pick<Experiment, "model" | "image" | "train">,
  extras: NetworkExtras = {},
): Promise<Network> {
  const build = await modelOf(model).load();
  return build({ model, imageSize: image.size, train, ...extras });
}
