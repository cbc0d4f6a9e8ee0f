// Several data sets as one: the listings one after the other, ids behind the name of their part. How many images
// of each part are taken, and which sides they are on, stands in prepare/union-choice.ts.

import { z } from "zod";
import { UserError } from "../../errors.ts";
import type { Combination } from "../../settings/combination.ts";
import { above, oneOf, text } from "../../settings/leaves.ts";
import type { Path } from "../../settings/paths.ts";
import type { ConfigOf, DatasetKind, Item, Labels } from "../dataset.ts";
import { quoted } from "../quoted.ts";
import { type SingleDatasetConfig, singleKindOf, singleKinds } from "./single-kinds.ts";
import { variantsOf } from "./variants.ts";

const part = z.strictObject({
  name: text()
    .regex(/^[^/\\]+$/, { error: "a name without slashes" })
    .nullable()
    .default(null)
    .describe(
      "What ids of its images begin with and, with `labels: parts`, the label that they have; null is its kind.",
    ),
  weight: above(0).default(1).describe("Its share of the images is its weight by the sum of all."),
  dataset: variantsOf(singleKinds, {}).describe(
    "A data set without limit, holdout, seed and greyscale, which stand in the union.",
  ),
});

const options = {
  parts: z
    .array(part, { error: "a list such as [{weight: 1, dataset: {kind: folder, root: photos}}, …]" })
    .min(2, { error: "at least two parts" })
    .describe("The data sets, each with a weight. As many images are taken as the proportions allow."),
  labels: oneOf(["parts"])
    .nullable()
    .default(null)
    .describe("parts: what a classifier learns of an image is the part that it comes from."),
};

export type UnionConfig = ConfigOf<"union", typeof options>;

/** A data set without what stands once, in the union. */
export type PartConfig = UnionConfig["parts"][number]["dataset"];

export const union: DatasetKind<"union", typeof options> = {
  kind: "union",
  description: "Several data sets at once, in proportion to their weights.",
  images: "images of several data sets",
  options,
  labelled: "union with labels: parts",
  labels: ({ labels, parts }) => (labels === null ? null : parts.length),
  describe: (config) =>
    `union of ${eachPart(config, (own) => singleKindOf(own).describe(own)).join(" and ")}`,
  lookedFor: (config, key) =>
    eachPart(config, (own, part) => singleKindOf(own).lookedFor(own, partKey(key, part))).join(" and "),
  hasOfficialSides: (config) => officialParts(config).every(Boolean),
  problems: (config, at) => [
    ...eachPart(config, (own, place) =>
      singleKindOf(own).problems(own, [...at, "parts", place, "dataset"], false),
    ).flat(),
    ...partProblems(config, at),
  ],
  paths: (config) =>
    eachPart(config, (own, place) =>
      singleKindOf(own)
        .paths(own)
        .map((path) => ["parts", place, "dataset", ...path]),
    ).flat(),
  async list(config, { key = "dataset", labels: withLabels = false } = {}) {
    const items: Item[] = [];
    const notes: string[] = [];
    const names = partNames(config);
    for (const [part, name] of names.entries()) {
      const own = partConfig(config, part);
      const ownKey = partKey(key, part);
      const listing = await singleKindOf(own).list(own, { key: ownKey });
      if (listing.items.length === 0) {
        const why = [singleKindOf(own).lookedFor(own, ownKey), ...listing.notes].join("; ");
        throw new UserError(`${ownKey}: expected images, got none; looked for ${why}`);
      }
      for (const item of listing.items) items.push({ ...item, id: `${name}/${item.id}`, part });
      notes.push(...listing.notes.map((note) => `${name}: ${note}`));
    }
    return { items, notes, labels: withLabels ? partLabels(items, names) : null };
  },
};

function partLabels(items: readonly Item[], names: readonly string[]): Labels {
  const flags = new Uint8Array(items.length * names.length);
  for (const [place, { part }] of items.entries()) flags[place * names.length + part!] = 1;
  return { names, flags };
}

function partProblems(config: UnionConfig, at: Path): Combination[] {
  const { parts, limit } = config;
  const problems: Combination[] = [];
  const official = officialParts(config);
  if (official.includes(true) && official.includes(false)) {
    const text = `expected an unseen split or folder in every part or in none, got one in part ${official.indexOf(true)} and none here`;
    problems.push({ path: [...at, "parts", official.indexOf(false), "dataset"], text });
  }
  const names = partNames(config);
  const twice = names.findIndex((name, part) => names.indexOf(name) !== part);
  if (twice >= 0) {
    const text = `expected another name than that of part ${names.indexOf(names[twice]!)}, got ${quoted(names[twice]!)} for both`;
    problems.push({ path: [...at, "parts", twice, "name"], text });
  }
  for (const [part, { dataset }] of parts.entries()) {
    if (!("labels" in dataset) || dataset.labels === null) continue;
    const text = "expected none in a part, as the labels of a union are its parts (labels: parts)";
    problems.push({ path: [...at, "parts", part, "dataset", "labels"], text });
  }
  if (limit !== null && limit < parts.length) {
    const text = `expected at least one image of each of the ${parts.length} parts, got ${limit}`;
    problems.push({ path: [...at, "limit"], text });
  }
  return problems;
}

/** A part with what stands once, in the union. Scenes are drawn from other seeds in every part. */
export function partConfig(config: UnionConfig, part: number): SingleDatasetConfig {
  const { parts, holdout, seed, greyscale } = config;
  return { ...parts[part]!.dataset, limit: null, holdout, seed: seed + part, greyscale };
}

/** What messages call a part of the union that they call `key`. */
export function partKey(key: string, part: number): string {
  return `${key}.parts[${part}].dataset`;
}

/** Its own name, or the kind, with a number where several parts are of one kind: "coco", "folder-1", "folder-2". */
export function partNames({ parts }: UnionConfig): string[] {
  const kinds = parts.map(({ dataset }) => dataset.kind);
  return kinds.map((kind, part) => {
    const { name } = parts[part]!;
    if (name !== null) return name;
    if (kinds.indexOf(kind) === kinds.lastIndexOf(kind)) return kind;
    return `${kind}-${kinds.slice(0, part + 1).filter((other) => other === kind).length}`;
  });
}

function officialParts(config: UnionConfig): boolean[] {
  return eachPart(config, (own) => singleKindOf(own).hasOfficialSides(own));
}

function eachPart<Result>(
  config: UnionConfig,
  of: (part: SingleDatasetConfig, place: number) => Result,
): Result[] {
  return config.parts.map((_, place) => of(partConfig(config, place), place));
}
