// What is impossible together within `dataset` and the sets of `evaluate`, as their kinds say.

import { datasetOf } from "../../datasets/datasets.ts";
import { modelOf } from "../../models/models.ts";
import type { Combination } from "../../settings/combination.ts";
import type { ValidSections } from "./combinations.ts";

export function datasetProblems({ dataset, model, evaluate }: ValidSections): Combination[] {
  const learnsLabels = model !== undefined && modelOf(model).needs === "labels";
  return [
    ...(dataset ? datasetOf(dataset).problems(dataset, ["dataset"], learnsLabels) : []),
    ...Object.entries(evaluate ?? {}).flatMap(([name, set]) =>
      datasetOf(set).problems(set, ["evaluate", name], false),
    ),
  ];
}
