// What is not known of a run whose values alone were imported (`hueristic import --from tensorboard`): its network. It stands in the
// experiments of such runs alone: the schema of experiment files leaves it out.

import { UserError } from "../errors.ts";
import { seriesKind } from "../runs/series.ts";
import { model } from "./model.ts";

export const elsewhere = model({
  kind: "elsewhere",
  description: "A network that is not known: what it logged was imported, its weights were not.",
  source: "",
  options: {},
  sizeStep: 1,
  needs: null,
  output: () => "rgb",
  lossKind: () => "elsewhere",
  series: () => [
    seriesKind({
      name: "loss",
      better: "lower",
      family: "loss",
      description: "whatever it was trained with",
    }),
  ],
  async load() {
    throw new UserError(
      "the network of this run is not known: what it logged was imported, its weights were not",
    );
  },
});
