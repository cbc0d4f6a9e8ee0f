// COCO: instances_{split}.json in `annotations/`, images in `{split}/` or `images/{split}/`.
// Folder and JSON rarely agree on users' disks: what is there is used, the rest is counted in a note.
// The JSON decides only under a category filter or with labels; otherwise the images alone are enough.

import { stat } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../errors.ts";
import type { CocoConfig } from "../experiment/experiment.ts";
import { readCocoAnnotations } from "./coco-annotations.ts";
import { cocoLabels, joinLabels } from "./coco-labels.ts";
import type { Dataset, Item, Listing, Side } from "./dataset.ts";
import { count, findImageFiles, requireFolder } from "./image-files.ts";
import { requireKnownName } from "./known-names.ts";

export const coco: Dataset<CocoConfig> = {
  describe(config) {
    const categories = config.categories === null ? "" : ` (${config.categories.join(", ")})`;
    return `coco ${config.split}${config.unseenSplit === null ? "" : ` + ${config.unseenSplit}`}${categories}`;
  },
  lookedFor(config) {
    const showing = config.categories === null ? "" : ` showing ${config.categories.join(" or ")}`;
    const splits = config.unseenSplit === null ? config.split : `${config.split} and ${config.unseenSplit}`;
    return `images of ${splits}${showing} in ${config.root}`;
  },
  hasLabels: true,
  async list(config, withLabels = false) {
    await requireFolder("dataset.root", config.root);
    if (config.unseenSplit === null) return listSplit(config, config.split, null, withLabels);
    if (config.unseenSplit === config.split) {
      throw new UserError(
        `dataset.unseenSplit: expected another split than dataset.split, got ${config.split} twice`,
      );
    }
    const seen = await listSplit(config, config.split, "seen", withLabels);
    const unseen = await listSplit(config, config.unseenSplit, "unseen", withLabels);
    return {
      items: [...seen.items, ...unseen.items],
      notes: [...seen.notes, ...unseen.notes],
      labels: seen.labels && unseen.labels && joinLabels(seen.labels, unseen.labels, config),
    };
  },
};

async function listSplit(
  config: CocoConfig,
  split: string,
  side: Side | null,
  withLabels: boolean,
): Promise<Listing> {
  const folder = await imageFolder(config.root, split);
  const found = await findImageFiles(join(config.root, folder));
  const annotationsPath = join(config.root, "annotations", `instances_${split}.json`);
  const filtered = config.categories !== null;
  const annotations = await readCocoAnnotations(annotationsPath, filtered || withLabels);
  const notes = [...found.notes];

  if (annotations === null && (filtered || withLabels)) {
    const [key, use] = filtered ? ["categories", "filter"] : ["root", "labels"];
    throw new UserError(`dataset.${key}: expected ${annotationsPath} for the ${use}, which does not exist`);
  }
  let wanted = (_path: string) => true;
  if (annotations !== null) {
    const onDisk = new Set(found.paths);
    const absent = [...annotations.imageIds.keys()].filter((name) => !onDisk.has(name)).length;
    const withoutRow = found.paths.filter((path) => !annotations.imageIds.has(path)).length;
    if (absent > 0)
      notes.push(`${split}: ${count(absent, "image")} of the annotations file not on disk, left out`);
    if (withoutRow > 0) {
      const unlabelled = withLabels ? "left out, as nothing says what they show" : "taken all the same";
      const fate = filtered ? "left out by the category filter" : unlabelled;
      notes.push(
        `${split}: ${count(withoutRow, "image")} on disk without a row in the annotations file, ${fate}`,
      );
    }
    if (withLabels) wanted = (path) => annotations.imageIds.has(path);
    if (config.categories !== null) {
      const known = [...annotations.categories.values()];
      for (const name of config.categories) requireKnownName("dataset.categories", "category", name, known);
      const names = new Set(config.categories);
      const chosen = new Set<number>();
      for (const [id, name] of annotations.categories) if (names.has(name)) chosen.add(id);
      wanted = (path) => {
        const shown = annotations.shown.get(annotations.imageIds.get(path) ?? Number.NaN);
        return shown?.some((category) => chosen.has(category)) ?? false;
      };
    }
  }
  const taken = found.paths.filter(wanted);
  const items = taken.map(
    (path): Item => ({
      id: `${folder}/${path}`,
      source: { path: join(config.root, folder, path) },
      side,
    }),
  );
  const labels = withLabels && annotations !== null ? cocoLabels(annotationsPath, annotations, taken) : null;
  return { items, notes, labels };
}

async function imageFolder(root: string, split: string): Promise<string> {
  for (const folder of [split, `images/${split}`]) {
    const found = await stat(join(root, folder)).catch(() => null);
    if (found?.isDirectory()) return folder;
  }
  throw new UserError(
    `dataset.split: expected the folder ${split} or images/${split} in ${root}, got neither`,
  );
}
