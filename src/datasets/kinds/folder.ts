// Any folder of images, searched recursively, as patterns choose them. Two of its sub-folders may be the sides;
// otherwise a seeded share is held out.

import { stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { z } from "zod";
import { UserError } from "../../errors.ts";
import { nearMiss } from "../../near-miss.ts";
import type { Combination } from "../../settings/combination.ts";
import { oneOf, text } from "../../settings/leaves.ts";
import type { Path } from "../../settings/paths.ts";
import type { ConfigOf, DatasetKind, Item, Side } from "../dataset.ts";
import { quoted } from "../quoted.ts";
import { rootOption } from "../shared-options.ts";
import { folderLabels, tidy } from "./folder-labels.ts";
import { globMatcher, globProblem } from "./glob.ts";
import { compareCodeUnits, findFolders, findImageFiles, requireFolder } from "./image-files.ts";
import { sidesBesideHoldout } from "./split-problems.ts";

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

const options = {
  root: rootOption("the images"),
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
  labels: oneOf(["folders"])
    .nullable()
    .default(null)
    .describe(
      "folders: what a classifier learns of an image is its sub-folder, the first one below root or below the folder of its side.",
    ),
};

/** How many sub-folders there are only the disk says. */
const usualLabels = 10;

export type FolderConfig = ConfigOf<"folder", typeof options>;

export const folder: DatasetKind<"folder", typeof options> = {
  kind: "folder",
  description: "Every image in a folder and the folders below it.",
  images: "images of a folder",
  options,
  labelled: "folder with labels: folders",
  labels: ({ labels }) => (labels === null ? null : usualLabels),
  describe({ root, split }) {
    const name = `folder ${quoted(basename(resolve(root)))}`;
    return split ? `${name}, ${split.seen} + ${split.unseen}` : name;
  },
  lookedFor({ root, split, include, exclude }) {
    const where = split ? `${split.seen} and ${split.unseen} in ${root}` : `${root} and below`;
    const like = include.length > 0 ? ` like ${include.join(" or ")}` : "";
    return `image files${like} in ${where}${exclude.length > 0 ? `, not ${exclude.join(" nor ")}` : ""}`;
  },
  hasOfficialSides: (config) => config.split !== null,
  problems: ({ split, holdout }, at) => [
    ...sidesBesideHoldout("split", split?.unseen ?? null, holdout, at),
    ...nestedSides(split, at),
  ],
  paths: () => [["root"]],
  async list(config, { key = "dataset", labels: withLabels = false } = {}) {
    const { root, split } = config;
    await requireFolder(`${key}.root`, root);
    const paths: string[] = [];
    const notes: string[] = [];
    const sides = new Map<string, Side>();
    // Each searched for itself: they may be links into one folder.
    for (const side of split ? (["seen", "unseen"] as const) : [null]) {
      const below = split && side ? tidy(split[side]) : "";
      if (side !== null) await requireSubFolder(root, below, `${key}.split.${side}`);
      const found = await findImageFiles(join(root, below));
      notes.push(...found.notes);
      for (const path of found.paths) {
        const relative = below === "" ? path : `${below}/${path}`;
        paths.push(relative);
        if (side !== null) sides.set(relative, side);
      }
    }
    const chosen = choose(paths.sort(compareCodeUnits), config, key);
    const listed = chosen.paths.map(
      (path): Item => ({ id: path, source: { path: join(root, path) }, side: sides.get(path) ?? null }),
    );
    const said = [...notes, ...chosen.notes];
    if (!withLabels || listed.length === 0) return { items: listed, notes: said, labels: null };
    const labelled = folderLabels(listed, split, key);
    return { ...labelled, notes: [...said, ...labelled.notes] };
  },
};

function nestedSides(split: FolderConfig["split"], at: Path): Combination[] {
  if (split === null) return [];
  const tailed = (name: string) => `${name.replace(/\/+$/, "")}/`;
  const [seen, unseen] = [tailed(split.seen), tailed(split.unseen)];
  if (!seen.startsWith(unseen) && !unseen.startsWith(seen)) return [];
  const text = `expected a folder apart from that of split.seen, got ${JSON.stringify(split.unseen)} beside ${JSON.stringify(split.seen)}`;
  return [{ path: [...at, "split", "unseen"], text }];
}

/** What the patterns leave, and a note on each pattern that has no effect, as a slip of the finger has none. */
function choose(paths: readonly string[], { include, exclude }: FolderConfig, key: string) {
  const notes: string[] = [];
  const matches = (option: string, patterns: readonly string[], candidates: readonly string[]) => {
    const found = new Set<string>();
    for (const pattern of patterns) {
      const own = candidates.filter(globMatcher(pattern));
      for (const path of own) found.add(path);
      if (own.length > 0) continue;
      const below = candidates.some(globMatcher(`${pattern.replace(/\/$/, "")}/**`));
      const hint = below ? `; did you mean ${JSON.stringify(`${pattern.replace(/\/$/, "")}/**`)}?` : "";
      notes.push(`${key}.${option}: ${JSON.stringify(pattern)} matches no image${hint}`);
    }
    return found;
  };
  const included = matches("include", include, paths);
  const excluded = matches("exclude", exclude, paths);
  const kept = paths.filter((path) => (include.length === 0 || included.has(path)) && !excluded.has(path));
  return { paths: kept, notes };
}

async function requireSubFolder(root: string, name: string, key: string): Promise<void> {
  const found = await stat(join(root, name)).catch(() => null);
  if (found?.isDirectory()) return;
  const known = await findFolders(root);
  const near = nearMiss(name, known);
  const suggestion = near === null ? "" : `; did you mean ${JSON.stringify(near)}?`;
  const list = known.length === 0 ? "" : ` (known: ${known.join(", ")})`;
  throw new UserError(
    `${key}: expected a folder in ${root}, got ${JSON.stringify(name)}${suggestion}${list}`,
  );
}
