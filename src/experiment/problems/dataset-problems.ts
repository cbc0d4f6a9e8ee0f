// What is impossible together within `dataset`, of a data set and of the parts of a union alike.

import type { Combination } from "../../settings/combination.ts";
import type { DatasetConfig, PartConfig } from "../experiment.ts";
import type { Written } from "../schema/schema.ts";
import type { Path } from "../text/located.ts";
import type { ValidSections } from "./combinations.ts";

type Dataset = Written["dataset"];
type Part = Extract<Dataset, { kind: "union" }>["parts"][number]["dataset"];

/** Whether splits or folders say which images are unseen, so that no share is held out. */
export function hasOfficialSides(dataset: DatasetConfig | PartConfig): boolean {
  if (dataset.kind === "union") return dataset.parts.every((part) => hasOfficialSides(part.dataset));
  if (dataset.kind === "folder") return dataset.split !== null;
  return "unseen_split" in dataset && dataset.unseen_split !== null;
}

export function datasetProblems({ dataset, model, evaluate }: ValidSections): Combination[] {
  return [
    ...(dataset ? problemsAt(dataset, ["dataset"], model?.kind === "classifier") : []),
    ...Object.entries(evaluate ?? {}).flatMap(([name, set]) => problemsAt(set, ["evaluate", name], false)),
  ];
}

function problemsAt(dataset: Dataset, at: Path, withLabels: boolean): Combination[] {
  if (dataset.kind === "union") return unionProblems(dataset, at);
  return [...holdoutBesideSides(dataset, dataset.holdout, at), ...kindProblems(dataset, at, withLabels)];
}

function unionProblems(dataset: Extract<Dataset, { kind: "union" }>, at: Path): Combination[] {
  const problems = dataset.parts.flatMap((part, place) => {
    const path = [...at, "parts", place, "dataset"];
    return [
      ...holdoutBesideSides(part.dataset, dataset.holdout, path),
      ...kindProblems(part.dataset, path, false),
    ];
  });
  const official = dataset.parts.map((part) => hasOfficialSides(part.dataset));
  if (official.includes(true) && official.includes(false)) {
    const text = `expected an unseen split or folder in every part or in none, got one in part ${official.indexOf(true)} and none here`;
    problems.push({ path: [...at, "parts", official.indexOf(false), "dataset"], text });
  }
  if (dataset.limit !== null && dataset.limit < dataset.parts.length) {
    const text = `expected at least one image of each of the ${dataset.parts.length} parts, got ${dataset.limit}`;
    problems.push({ path: [...at, "limit"], text });
  }
  return problems;
}

function holdoutBesideSides(dataset: Dataset | Part, holdout: number | null, path: Path): Combination[] {
  if (holdout === null || !hasOfficialSides(dataset)) return [];
  if (dataset.kind === "folder") {
    const text = `expected either split or holdout, got both (${dataset.split!.unseen} and ${holdout})`;
    return [{ path: [...path, "split"], text }];
  }
  if (!("unseen_split" in dataset)) return [];
  const text = `expected either unseen_split or holdout, got both (${JSON.stringify(dataset.unseen_split)} and ${holdout})`;
  return [{ path: [...path, "unseen_split"], text }];
}

function kindProblems(dataset: Dataset | Part, path: Path, withLabels: boolean): Combination[] {
  if (dataset.kind === "folder") return folderSplit(dataset, path);
  if (!("unseen_split" in dataset)) return [];
  const problems: Combination[] = [];
  const { unseen_split, split } = dataset;
  if (unseen_split !== null && unseen_split === split) {
    const text = `expected another split than dataset.split, got ${JSON.stringify(split)} for both`;
    problems.push({ path: [...path, "unseen_split"], text });
  } else if (dataset.kind === "celeba" && split === "all" && unseen_split !== null) {
    const text = `expected null beside split all, which takes every image, got ${JSON.stringify(unseen_split)}`;
    problems.push({ path: [...path, "unseen_split"], text });
  }
  if (dataset.kind === "coco") problems.push(...countsNothing(dataset, path, withLabels));
  return problems;
}

/** Rules about annotations that nobody asks for would do nothing, silently. */
function countsNothing(
  { categories, unannotated, min_area, iscrowd }: Extract<Part, { kind: "coco" }>,
  path: Path,
  withLabels: boolean,
): Combination[] {
  if (categories !== null || unannotated === "exclude" || withLabels) return [];
  const key = min_area > 0 ? "min_area" : iscrowd === "exclude" ? "iscrowd" : null;
  if (key === null) return [];
  const text =
    "expected together with categories, unannotated: exclude or the model classifier, got it alone";
  return [{ path: [...path, key], text }];
}

function folderSplit({ split }: Extract<Part, { kind: "folder" }>, path: Path): Combination[] {
  if (split === null) return [];
  const [seen, unseen] = [split.seen, split.unseen].map((name) => `${name.replace(/\/+$/, "")}/`) as [
    string,
    string,
  ];
  if (!seen.startsWith(unseen) && !unseen.startsWith(seen)) return [];
  const text = `expected a folder apart from that of split.seen, got ${JSON.stringify(split.unseen)} beside ${JSON.stringify(split.seen)}`;
  return [{ path: [...path, "split", "unseen"], text }];
}
