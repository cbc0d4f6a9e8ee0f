// What a user may write in `dataset`: one variant for every kind, and the union of several.

import { z } from "zod";
import { globProblem } from "../../datasets/kinds/glob.ts";
import { above, atLeast, kind, oneOf, share, text, whole } from "../../settings/leaves.ts";

/** The share of images held out where neither a share nor an official split is given. */
export const defaultHoldout = 0.1;

export const common = {
  limit: whole("images", { least: 2 })
    .nullable()
    .default(null)
    .describe("Take at most so many images (of each split), chosen by `seed`; null takes all."),
  holdout: share()
    .nullable()
    .default(null)
    .describe(
      `Share of the images held out as unseen, between 0 and 1; ${defaultHoldout} where it is left out. Not together with unseen_split or a folder's split.`,
    ),
  seed: whole("", { least: 0 })
    .default(1)
    .describe(
      "Chooses which images `limit` keeps and which are held out. Apart from the experiment's seed, so that runs with other seeds can be compared on the same unseen images.",
    ),
  greyscale: oneOf(["drop", "keep"])
    .default("drop")
    .describe("Pictures without any color, which would teach that grey is right: left out, or kept."),
};

const root = (what: string) =>
  text().describe(
    `Folder of ${what}. A relative path starts at this file's folder, on the command line at the current one.`,
  );

const coco = {
  kind: kind("coco", "COCO: annotations/instances_<split>.json and a folder of images for every split."),
  root: root("annotations/ and the images"),
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

const celebaSplits = ["train", "val", "test"] as const;

const celeba = {
  kind: kind("celeba", "CelebA: aligned faces with list_eval_partition and list_attr_celeba."),
  root: root("img_align_celeba and its lists"),
  split: oneOf([...celebaSplits, "all"])
    .default("train")
    .describe("Faces to train on; all takes every image on disk and needs no partition file."),
  unseen_split: oneOf(celebaSplits)
    .nullable()
    .default(null)
    .describe("Where unseen faces come from; null holds out a share of `split`."),
  attributes: z
    .record(z.string(), z.boolean({ error: "true or false" }), {
      error: "a mapping such as {Smiling: true}",
    })
    .default({})
    .describe("Attribute -> whether a face must have it, such as {Smiling: true, Eyeglasses: false}."),
};

const patterns = (what: string) =>
  z
    .array(text().superRefine(requireGlob), { error: "a list of patterns such as **/*.jpg" })
    .default([])
    .describe(`${what} Relative to root, with *, ?, ** for any folders and {a,b}.`);

function requireGlob(pattern: string, context: z.core.$RefinementCtx<string>): void {
  const problem = globProblem(pattern);
  if (problem !== null) context.addIssue({ code: "custom", message: problem });
}

const subFolder = (what: string) =>
  text()
    .regex(/^(?![/\\])(?!.*(^|\/)\.\.?(\/|$))[^\\]*$/, { error: "a folder below root such as train" })
    .describe(`Sub-folder of the images ${what}.`);

const folder = {
  kind: kind("folder", "Every image in a folder and the folders below it."),
  root: root("the images"),
  include: patterns("Take only images that match one of these; [] takes all."),
  exclude: patterns("Leave out images that match one of these."),
  split: z
    .strictObject(
      { seen: subFolder("to train on"), unseen: subFolder("held out") },
      { error: "a mapping such as {seen: train, unseen: val}" },
    )
    .nullable()
    .default(null)
    .describe("Sub-folders that say which images are unseen; null holds out a share."),
};

const synthetic = {
  kind: kind("synthetic", "Scenes that the program draws itself: nothing to download."),
  count: whole("scenes", { least: 2 }).default(640).describe("How many scenes are drawn."),
};

const part = z.strictObject({
  weight: above(0).default(1).describe("Its share of the images is its weight by the sum of all."),
  dataset: z
    .discriminatedUnion("kind", [
      z.strictObject(coco),
      z.strictObject(celeba),
      z.strictObject(folder),
      z.strictObject(synthetic),
    ])
    .describe("A data set without limit, holdout, seed and greyscale, which stand in the union."),
});

/** `shared` are the keys that stand once, whatever the kind. */
const datasetWith = <const Shared extends z.ZodRawShape>(shared: Shared) =>
  z.discriminatedUnion("kind", [
    z.strictObject({ ...coco, ...shared }),
    z.strictObject({ ...celeba, ...shared }),
    z.strictObject({ ...folder, ...shared }),
    z.strictObject({ ...synthetic, ...shared }),
    z.strictObject({
      kind: kind("union", "Several data sets at once, in proportion to their weights."),
      parts: z
        .array(part, { error: "a list such as [{weight: 1, dataset: {kind: folder, root: photos}}, …]" })
        .min(2, { error: "at least two parts" })
        .describe("The data sets, each with a weight. As many images are taken as the proportions allow."),
      ...shared,
    }),
  ]);

export const dataset = datasetWith(common).describe(
  "The images. `dataset: synthetic` is short for `dataset: {kind: synthetic}`.",
);

/** A data set to measure on. */
export const evaluationSet = datasetWith({
  ...common,
  holdout: share()
    .nullable()
    .default(null)
    .describe(
      "Measure on this share only, the one that a data set of the same keys holds out as unseen. Where it is left out: on all images, or on those of unseen_split or of a folder's split.",
    ),
}).describe("Images to measure on: a data set, of which all images count unless it says which are unseen.");
