// COCO, 2017 and 2014: instances_{split}.json in `annotations/`, images in `{split}/` or `images/{split}/`.
// Folder and JSON rarely agree on users' disks: what is there is used, the rest is counted in a note.
// The JSON decides only under a filter or with labels; otherwise the images alone are enough.

import { stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { UserError } from "../../errors.ts";
import type { Combination } from "../../settings/combination.ts";
import { atLeast, oneOf, text, whole } from "../../settings/leaves.ts";
import type { Path } from "../../settings/paths.ts";
import type { ConfigOf, DatasetKind, Item, Listing, ListOptions, Side } from "../dataset.ts";
import { rootOption } from "../shared-options.ts";
import { type CocoAnnotations, type CocoRows, readCocoAnnotations, shownOnDisk } from "./coco-annotations.ts";
import { categoryNames } from "./coco-categories.ts";
import { cocoLabels, joinLabels } from "./coco-labels.ts";
import { count, type FoundFiles, findImageFiles, requireFolder } from "./image-files.ts";
import { matchNames } from "./match-names.ts";
import { splitProblems } from "./split-problems.ts";

const options = {
  root: rootOption("annotations/ and the images"),
  split: text().default("train2017").describe("Images to train on, such as train2017 or train2014."),
  unseen_split: text()
    .nullable()
    .default(null)
    .describe("Where unseen images come from, such as val2017; null holds out a share of `split`."),
  categories: z
    .array(z.union([text(), whole("", { least: 0 })], { error: "a category's name or id" }), {
      error: "a list of category names or ids",
    })
    .min(1, { error: "a list of at least one category name or id, or null" })
    .nullable()
    .default(null)
    .describe(
      "Take images that show at least one of these, by name or by id, such as [dog, 18]; null takes every image.",
    ),
  min_area: atLeast(0)
    .default(0)
    .describe("An annotation counts from this area on, in pixels of the original; 0 counts all."),
  iscrowd: oneOf(["include", "exclude"])
    .default("include")
    .describe("Whether annotations of crowds count, as they do in pycocotools' getImgIds."),
  unannotated: oneOf(["include", "exclude"])
    .nullable()
    .default(null)
    .describe(
      "Images of which no annotation counts; null includes them, but not under a filter by categories.",
    ),
};

export type CocoConfig = ConfigOf<"coco", typeof options>;

export const coco: DatasetKind<"coco", typeof options> = {
  kind: "coco",
  description: "COCO: annotations/instances_<split>.json and a folder of images for every split.",
  images: "COCO photographs",
  options,
  labelled: "coco",
  labels: () => 80,
  describe(config) {
    const filter = filterWords(config).join(", ");
    const splits = `${config.split}${config.unseen_split === null ? "" : ` + ${config.unseen_split}`}`;
    return `coco ${splits}${filter === "" ? "" : ` (${filter})`}`;
  },
  lookedFor(config) {
    const showing = config.categories === null ? "" : ` showing ${config.categories.join(" or ")}`;
    const splits = config.unseen_split === null ? config.split : `${config.split} and ${config.unseen_split}`;
    return `images of ${splits}${showing} in ${config.root}`;
  },
  hasOfficialSides: (config) => config.unseen_split !== null,
  problems: (config, at, withLabels) => [
    ...splitProblems(config, at),
    ...rulesWithoutUse(config, at, withLabels),
  ],
  paths: () => [["root"]],
  async list(config, { key = "dataset", labels: withLabels = false } = {}) {
    const asked = { key, labels: withLabels };
    await requireFolder(`${key}.root`, config.root);
    const seen = await readSplit(config, config.split, asked);
    // Ids are those of this split's file: another one may number differently.
    const wanted = config.categories && categoryNames(config.categories, seen.annotations!.categories, key);
    const side = config.unseen_split === null ? null : "seen";
    const listing = listSplit(seen, config, side, wanted, withLabels);
    if (config.unseen_split === null) return listing;
    const unseenSplit = await readSplit(config, config.unseen_split, asked);
    if (wanted !== null) categoryNames([...wanted], unseenSplit.annotations!.categories, key);
    const unseen = listSplit(unseenSplit, config, "unseen", wanted, withLabels);
    return {
      items: [...listing.items, ...unseen.items],
      notes: [...listing.notes, ...unseen.notes],
      labels: listing.labels && unseen.labels && joinLabels(listing.labels, unseen.labels, config, key),
    };
  },
};

/** Rules about annotations that nobody asks for would do nothing, silently. */
function rulesWithoutUse(
  { categories, unannotated, min_area, iscrowd }: CocoConfig,
  at: Path,
  withLabels: boolean,
): Combination[] {
  if (categories !== null || unannotated === "exclude" || withLabels) return [];
  const key = min_area > 0 ? "min_area" : iscrowd === "exclude" ? "iscrowd" : null;
  if (key === null) return [];
  const text =
    "expected together with categories, unannotated: exclude or the model classifier, got it alone";
  return [{ path: [...at, key], text }];
}

type Split = {
  readonly name: string;
  readonly folder: string;
  readonly found: FoundFiles;
  readonly annotationsPath: string;
  /** Never null where something asks what the images show. */
  readonly annotations: CocoAnnotations | null;
};

async function readSplit(
  config: CocoConfig,
  name: string,
  { key, labels }: Required<ListOptions>,
): Promise<Split> {
  const folder = await imageFolder(config.root, name, key);
  const found = await findImageFiles(join(config.root, folder));
  const annotationsPath = join(config.root, "annotations", `instances_${name}.json`);
  const asked = askedBy(config, labels);
  const { min_area: minArea, iscrowd } = config;
  const rule = asked === null ? null : { minArea, crowds: iscrowd === "include" };
  const annotations = await readCocoAnnotations(annotationsPath, rule);
  if (annotations === null && asked !== null) {
    const expected = `${annotationsPath} for the ${asked.use}`;
    throw new UserError(`${key}.${asked.key}: expected ${expected}, which does not exist`);
  }
  return { name, folder, found, annotationsPath, annotations };
}

/** The key that makes annotations necessary. */
function askedBy({ categories, unannotated }: CocoConfig, withLabels: boolean) {
  if (categories !== null) return { key: "categories", use: "filter" };
  if (unannotated === "exclude") return { key: "unannotated", use: "filter" };
  return withLabels ? { key: "root", use: "labels" } : null;
}

function listSplit(
  { name, folder, found, annotationsPath, annotations }: Split,
  config: CocoConfig,
  side: Side | null,
  categories: ReadonlySet<string> | null,
  withLabels: boolean,
): Listing {
  const notes = [...found.notes];
  const unannotated = config.unannotated ?? (categories === null ? "include" : "exclude");
  let taken = found.paths;
  let rows: CocoRows = new Map();
  if (annotations !== null) {
    const {
      absent,
      notes: matching,
      namesOf,
    } = matchNames([...annotations.names], found.paths, folder, "the annotations file");
    rows = shownOnDisk(annotations, namesOf);
    const chosen = new Set<string>();
    for (const [id, category] of annotations.categories) if (categories?.has(category)) chosen.add(id);
    taken = found.paths.filter((path) => {
      const shown = rows.get(path);
      if (shown === undefined && withLabels) return false;
      if (shown === undefined || shown.length === 0) return unannotated === "include";
      return categories === null || shown.some((category) => chosen.has(category));
    });
    notes.push(...matching.map((note) => `${name}: ${note}`));
    if (absent.length > 0)
      notes.push(`${name}: ${count(absent.length, "image")} of the annotations file not on disk, left out`);
    const withoutRow = found.paths.filter((path) => !rows.has(path)).length;
    if (withoutRow > 0) {
      const unlabelled = withLabels ? "left out, as nothing says what they show" : "taken all the same";
      const byFilter = categories === null ? "left out as unannotated" : "left out by the category filter";
      const fate = unannotated === "include" ? unlabelled : byFilter;
      notes.push(
        `${name}: ${count(withoutRow, "image")} on disk without a row in the annotations file, ${fate}`,
      );
    }
    const { strays } = annotations;
    if (unannotated === "exclude" && annotations.shown.size === 0)
      notes.push(`${name}: no annotation of a listed image that counts in ${annotationsPath}`);
    if (strays.length > 0) {
      const images = `${count(strays.length, "image")} that the file does not list`;
      notes.push(`${name}: annotations of ${images}, such as that of image_id ${strays[0]}`);
    }
    const unlisted = [...rows.values()].flat().find((category) => !annotations.categories.has(category));
    if (unlisted !== undefined && categories !== null)
      notes.push(`${name}: annotations of a category that the file does not list: category_id ${unlisted}`);
    if (categories === null && unannotated === "exclude") {
      const bare = found.paths.filter((path) => rows.get(path)?.length === 0).length;
      if (bare > 0)
        notes.push(`${name}: ${count(bare, "image")} without an annotation that counts, left out`);
    }
  }
  const items = taken.map(
    (path): Item => ({
      id: `${folder}/${path}`,
      source: { path: join(config.root, folder, path) },
      side,
    }),
  );
  const labels =
    withLabels && annotations !== null ? cocoLabels(annotationsPath, annotations, rows, taken) : null;
  return { items, notes, labels };
}

async function imageFolder(root: string, split: string, key: string): Promise<string> {
  for (const folder of [split, `images/${split}`]) {
    const found = await stat(join(root, folder)).catch(() => null);
    if (found?.isDirectory()) return folder;
  }
  throw new UserError(
    `${key}.split: expected the folder ${split} or images/${split} in ${root}, got neither`,
  );
}

function filterWords({ categories, min_area: minArea, iscrowd, unannotated }: CocoConfig): string[] {
  return [
    ...(categories ?? []).map(String),
    ...(minArea > 0 ? [`area from ${minArea}`] : []),
    ...(iscrowd === "exclude" ? ["no crowds"] : []),
    ...(unannotated === null ? [] : [`${unannotated === "include" ? "with" : "no"} unannotated`]),
  ];
}
