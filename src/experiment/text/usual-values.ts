// Values that depend on others: a GAN needs another optimizer than a regression, and its two networks usually the same.

import { merge, nameUsualVariants } from "./compose.ts";
import { type Located, locate } from "./located.ts";
import { readYaml } from "./read-yaml.ts";

/** What a model's paper trains with, below everything that the user wrote. */
const usualOfModel: Readonly<Record<string, string>> = {
  pix2pix: "train: {optimizer: {name: adam, learning_rate: 2.0e-4, beta1: 0.5}}",
};

/** `root` with the values that its model usually has and with the names of usual variants. */
export function withUsualValues(root: Located): Located {
  const model = locate(root, ["model", "kind"]);
  const kind = model.found && model.value.type === "scalar" ? String(model.value.value) : "";
  const usual = usualOfModel[kind];
  if (usual === undefined) return likeTheGenerators(nameUsualVariants(root));
  const below = readYaml(usual, { ...root.place, line: null }).value!;
  return likeTheGenerators(nameUsualVariants(merge(below, root)));
}

/** The discriminator's optimizer says only what differs from the generator's. */
function likeTheGenerators(root: Located): Located {
  if (root.type !== "mapping") return root;
  const train = root.entries.get("train");
  if (train?.type !== "mapping") return root;
  const [first, second] = [train.entries.get("optimizer"), train.entries.get("discriminator_optimizer")];
  if (first?.type !== "mapping" || second?.type !== "mapping") return root;
  const merged = merge(first, second, ["train", "discriminator_optimizer"]);
  const entries = new Map(train.entries).set("discriminator_optimizer", merged);
  return { ...root, entries: new Map(root.entries).set("train", { ...train, entries }) };
}
