// Values that depend on others: a GAN needs another optimizer than a regression, and its two networks usually the same.

import { findModel } from "../../models/models.ts";
import { merge, nameUsualVariants } from "./compose.ts";
import { type Located, locate, located } from "./located.ts";

/** `root` with the values that its model usually has and with the names of usual variants. */
export function withUsualValues(root: Located): Located {
  const model = locate(root, ["model", "kind"]);
  const kind = model.found && model.value.type === "scalar" ? String(model.value.value) : "";
  const train = findModel(kind)?.usualTrain;
  if (train === undefined) return likeTheGenerators(nameUsualVariants(root));
  const below = located({ train }, { ...root.place, line: null });
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
