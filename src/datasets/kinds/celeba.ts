// CelebA's aligned faces, as downloaded or as Kaggle packs them: list_eval_partition and list_attr_celeba as
// .txt (LF or CRLF) or .csv, images in img_align_celeba, nested twice or not. Sizes do not matter.

import { stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { UserError } from "../../errors.ts";
import { oneOf } from "../../settings/leaves.ts";
import type { ConfigOf, DatasetKind, Item, Labels, Side } from "../dataset.ts";
import { rootOption } from "../shared-options.ts";
import {
  type Attributes,
  type CelebaSplit,
  celebaSplits,
  findList,
  readAttributes,
  readPartition,
} from "./celeba-lists.ts";
import { count, findImageFiles, requireFolder } from "./image-files.ts";
import { knownName } from "./known-names.ts";
import { matchNames } from "./match-names.ts";
import { splitProblems, unseenBesideAll } from "./split-problems.ts";

const options = {
  root: rootOption("img_align_celeba and its lists"),
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

export type CelebaConfig = ConfigOf<"celeba", typeof options>;

export const celeba: DatasetKind<"celeba", typeof options> = {
  kind: "celeba",
  description: "CelebA: aligned faces with list_eval_partition and list_attr_celeba.",
  images: "CelebA portraits",
  options,
  labelled: "celeba",
  labels: () => 40,
  describe(config) {
    const splits = config.unseen_split === null ? config.split : `${config.split} + ${config.unseen_split}`;
    const filter = attributeWords(config);
    return `celeba ${splits}${filter === "" ? "" : ` (${filter})`}`;
  },
  lookedFor(config) {
    const splits = config.unseen_split === null ? config.split : `${config.split} and ${config.unseen_split}`;
    const filter = attributeWords(config);
    return `faces of ${splits}${filter === "" ? "" : ` with ${filter}`} in ${config.root}`;
  },
  hasOfficialSides: (config) => config.unseen_split !== null,
  problems: (config, at) => [...splitProblems(config, at), ...unseenBesideAll(config, at)],
  paths: () => [["root"]],
  async list(config, { key = "dataset", labels: withLabels = false } = {}) {
    await requireFolder(`${key}.root`, config.root);
    const folder = await imageFolder(config.root, key);
    const found = await findImageFiles(join(config.root, folder));
    const notes = [...found.notes];

    const inSplits = config.split === "all" ? null : await partitionOf(config.root, folder, found.paths, key);
    if (inSplits !== null) notes.push(...inSplits.notes);
    const isListed = (path: string) => inSplits === null || inSplits.splits.has(path);

    const filter = Object.entries(config.attributes);
    const attributes = filter.length > 0 || withLabels ? await attributesOf(config, key) : null;
    let rows: ReadonlyMap<string, number> = new Map();
    let wanted = (_path: string) => true;
    if (attributes !== null) {
      const { names, flags, incomplete } = attributes;
      const matched = matchNames([...attributes.rows.keys()], found.paths, folder, "the attributes file");
      rows = new Map([...matched.namesOf].map(([path, [name]]) => [path, attributes.rows.get(name!)!]));
      notes.push(...matched.notes);
      if (incomplete > 0)
        notes.push(`${count(incomplete, "row")} of the attributes file without all values, left out`);
      const columns = filter.map(([name, has]) => ({
        column: names.indexOf(knownName(`${key}.attributes`, "attribute", name, names)),
        flag: has ? 1 : 0,
      }));
      const beyond = found.paths.filter((path) => isListed(path) && !rows.has(path)).length;
      if (beyond > 0) notes.push(`${count(beyond, "image")} without a row in the attributes file, left out`);
      wanted = (path) => {
        const row = rows.get(path);
        if (row === undefined) return false;
        return columns.every(({ column, flag }) => flags[row * names.length + column] === flag);
      };
    }

    const sideOf = (path: string): Side | null | undefined => {
      if (inSplits === null) return null;
      const split = inSplits.splits.get(path);
      if (split === config.split) return config.unseen_split === null ? null : "seen";
      return split !== undefined && split === config.unseen_split ? "unseen" : undefined;
    };
    const items: Item[] = [];
    const taken: string[] = [];
    for (const path of found.paths) {
      const side = sideOf(path);
      if (side === undefined || !wanted(path)) continue;
      items.push({ id: `${folder}/${path}`, source: { path: join(config.root, folder, path) }, side });
      taken.push(path);
    }
    return {
      items,
      notes,
      labels: withLabels && attributes !== null ? labelsOf(attributes, rows, taken) : null,
    };
  },
};

/** Which split each image is in, and notes on what the file and the folder do not share. */
async function partitionOf(root: string, folder: string, paths: readonly string[], key: string) {
  const partitionPath = await findList(root, "list_eval_partition");
  if (partitionPath === null) {
    throw new UserError(
      `${key}.root: expected list_eval_partition.txt or .csv in ${root}, got neither; \`split: all\` needs none`,
    );
  }
  const partition = await readPartition(partitionPath);
  const matched = matchNames([...partition.keys()], paths, folder, "the partition file");
  const splits = new Map<string, CelebaSplit | null>();
  for (const [path, names] of matched.namesOf) {
    const own = new Set(names.map((name) => partition.get(name)!).filter((split) => split !== null));
    if (own.size > 1) {
      const [first, second] = names.map((name) => `${JSON.stringify(name)} as ${partition.get(name)}`);
      throw new UserError(`${partitionPath}: expected one split for each file, got ${first} and ${second}`);
    }
    splits.set(path, [...own][0] ?? null);
  }
  const withoutSplit = [...partition.values()].filter((split) => split === null).length;
  const withoutRow = paths.filter((path) => !splits.has(path)).length;
  const notes = [...matched.notes];
  if (matched.absent.length > 0)
    notes.push(`${count(matched.absent.length, "row")} of the partition file without an image on disk`);
  if (withoutSplit > 0)
    notes.push(`${count(withoutSplit, "row")} of the partition file without a split, left out`);
  if (withoutRow > 0) notes.push(`${count(withoutRow, "image")} on disk not in the partition file, left out`);
  return { splits, notes };
}

async function attributesOf(config: CelebaConfig, key: string): Promise<Attributes> {
  const path = await findList(config.root, "list_attr_celeba");
  if (path === null) {
    const filtered = Object.keys(config.attributes).length > 0;
    const [option, use] = filtered ? ["attributes", "filter"] : ["root", "labels"];
    const expected = `list_attr_celeba.txt or .csv in ${config.root} for the ${use}`;
    throw new UserError(`${key}.${option}: expected ${expected}, got neither`);
  }
  const attributes = await readAttributes(path);
  if (attributes.names.length === 0) throw new UserError(`${path}: expected names of attributes, got none`);
  return attributes;
}

function labelsOf(
  { names, flags }: Attributes,
  rows: ReadonlyMap<string, number>,
  paths: readonly string[],
): Labels {
  const width = names.length;
  const taken = new Uint8Array(paths.length * width);
  for (const [place, path] of paths.entries()) {
    const from = rows.get(path)! * width;
    taken.set(flags.subarray(from, from + width), place * width);
  }
  return { names, flags: taken };
}

async function imageFolder(root: string, key: string): Promise<string> {
  const name = "img_align_celeba";
  for (const folder of [`${name}/${name}`, name, `Img/${name}/${name}`, `Img/${name}`]) {
    const found = await stat(join(root, folder)).catch(() => null);
    if (found?.isDirectory()) return folder;
  }
  throw new UserError(`${key}.root: expected the folder ${name} in ${root}, got none`);
}

function attributeWords(config: CelebaConfig): string {
  return Object.entries(config.attributes)
    .map(([name, has]) => (has ? name : `not ${name}`))
    .join(", ");
}
