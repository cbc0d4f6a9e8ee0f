// CIFAR-10 and CIFAR-100 (Krizhevsky 2009): pictures of 32x32 pixels, in the binary or the Python files of their authors.

import { z } from "zod";
import { UserError } from "../../errors.ts";
import { oneOf, text } from "../../settings/leaves.ts";
import type { Path } from "../../settings/paths.ts";
import type { ConfigOf, DatasetKind, Item, Labels, Side } from "../dataset.ts";
import { rootOption } from "../shared-options.ts";
import { type CifarBatch, type CifarSet, cifarSide, openCifar } from "./cifar-files.ts";
import { requireFolder } from "./image-files.ts";
import { knownName } from "./known-names.ts";
import { splitProblems, unseenBesideAll } from "./split-problems.ts";

const splits = ["train", "test"] as const;

const options = (folder: string) => ({
  root: rootOption(`${folder}, or that folder itself`),
  split: oneOf([...splits, "all"])
    .default("train")
    .describe("Pictures to train on: the 50,000 of train, the 10,000 of test, or all."),
  unseen_split: oneOf(splits)
    .nullable()
    .default(null)
    .describe("Where unseen pictures come from, such as test; null holds out a share of `split`."),
  classes: z
    .array(text(), { error: "a list of class names" })
    .min(1, { error: "a list of at least one class name, or null" })
    .nullable()
    .default(null)
    .describe("Take pictures of these classes only; null takes all."),
});

const fineOrCoarse = {
  labels: oneOf(["fine", "coarse"])
    .default("fine")
    .describe("What `classes` and a classifier go by: the 100 classes, or the 20 superclasses."),
};

const cifar10Options = options("cifar-10-batches-bin or cifar-10-batches-py");
const cifar100Options = { ...options("cifar-100-binary or cifar-100-python"), ...fineOrCoarse };

type Shared = ConfigOf<"cifar10", typeof cifar10Options>;

export const cifar10: DatasetKind<"cifar10", typeof cifar10Options> = {
  kind: "cifar10",
  description: "CIFAR-10: photographs of 32x32 pixels in 10 classes.",
  options: cifar10Options,
  labels: () => 10,
  ...common("cifar10"),
  list: (config, options) => list(config, options, { name: "cifar10", labels: "labels" }),
};

export const cifar100: DatasetKind<"cifar100", typeof cifar100Options> = {
  kind: "cifar100",
  description: "CIFAR-100: photographs of 32x32 pixels in 100 classes and 20 superclasses.",
  options: cifar100Options,
  labels: ({ labels }) => (labels === "fine" ? 100 : 20),
  ...common("cifar100"),
  list: (config, options) => list(config, options, { name: "cifar100", labels: config.labels }),
};

function common(kind: "cifar10" | "cifar100") {
  const splitWords = ({ split, unseen_split }: Pick<Shared, "split" | "unseen_split">, and: string) =>
    unseen_split === null ? split : `${split} ${and} ${unseen_split}`;
  const classWords = ({ classes }: Pick<Shared, "classes">) => classes?.join(", ");
  type Said = Pick<Shared, "root" | "split" | "unseen_split" | "classes" | "holdout">;
  return {
    images: `${kind === "cifar10" ? "CIFAR-10" : "CIFAR-100"} photographs`,
    labelled: kind,
    describe: (config: Said) =>
      `${kind} ${splitWords(config, "+")}${config.classes === null ? "" : ` (${classWords(config)})`}`,
    lookedFor: (config: Said) =>
      `pictures of ${splitWords(config, "and")}${config.classes === null ? "" : ` showing ${classWords(config)}`} in ${config.root}`,
    hasOfficialSides: ({ unseen_split }: Said) => unseen_split !== null,
    problems: (config: Said, at: Path) => [...splitProblems(config, at), ...unseenBesideAll(config, at)],
    paths: () => [["root"]],
  };
}

async function list(
  { root, split, unseen_split, classes }: Pick<Shared, "root" | "split" | "unseen_split" | "classes">,
  { key = "dataset", labels: withLabels = false } = {},
  set: CifarSet,
) {
  await requireFolder(`${key}.root`, root);
  const opened = await openCifar(root, set, key);
  const names = classes === null && !withLabels ? null : await opened.names();
  const wanted =
    classes &&
    new Set(classes.map((name) => names!.indexOf(knownName(`${key}.classes`, "class", name, names!))));
  const items: Item[] = [];
  const shown: number[] = [];
  const take = (batch: CifarBatch, side: Side | null) => {
    for (let index = 0; index < batch.count; index++) {
      const label = batch.labels?.[index];
      if (wanted !== null && !wanted.has(label!)) continue;
      const { path, name, first, stride } = batch;
      items.push({
        id: `${name}/${String(index).padStart(5, "0")}`,
        source: { path, planes: { at: first + index * stride, size: cifarSide } },
        side,
      });
      if (withLabels) shown.push(label!);
    }
  };
  for (const part of splits) {
    const isSeen = split === "all" || split === part;
    if (!isSeen && unseen_split !== part) continue;
    const side = unseen_split === null ? null : isSeen ? "seen" : "unseen";
    for (const batch of await opened.batches(part, names?.length ?? null)) take(batch, side);
  }
  return { items, notes: [], labels: withLabels ? oneHot(names!, shown, key) : null };
}

/** A class that none of the pictures shows is none to learn. */
function oneHot(names: readonly string[], shown: readonly number[], key: string): Labels {
  const present = [...new Set(shown)].sort((a, b) => a - b);
  if (present.length < 2)
    throw new UserError(`${key}.classes: expected at least 2 to tell apart, got ${present.length}`);
  const flags = new Uint8Array(shown.length * present.length);
  for (const [place, label] of shown.entries()) flags[place * present.length + present.indexOf(label)] = 1;
  return { names: present.map((label) => names[label]!), flags };
}
