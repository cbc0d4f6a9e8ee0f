// COCO: instances_{split}.json in `annotations/`, images in `{split}/` or `images/{split}/`.
// Folder and JSON rarely agree on users' disks: what is there is used, the rest is counted in a note.
// The JSON decides only under a category filter; without one the images alone are enough.

import { stat } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../errors.ts";
import type { CocoConfig } from "../experiment/experiment.ts";
import { readCocoAnnotations } from "./coco-annotations.ts";
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
  async list(config) {
    await requireFolder("dataset.root", config.root);
    if (config.unseenSplit === null) return listSplit(config, config.split, null);
    if (config.unseenSplit === config.split) {
      throw new UserError(
        `dataset.unseenSplit: expected another split than dataset.split, got ${config.split} twice`,
      );
    }
    const seen = await listSplit(config, config.split, "seen");
    const unseen = await listSplit(config, config.unseenSplit, "unseen");
    return { items: [...seen.items, ...unseen.items], notes: [...seen.notes, ...unseen.notes] };
  },
};

async function listSplit(config: CocoConfig, split: string, side: Side | null): Promise<Listing> {
  const folder = await imageFolder(config.root, split);
  const found = await findImageFiles(join(config.root, folder));
  const annotationsPath = join(config.root, "annotations", `instances_${split}.json`);
  const annotations = await readCocoAnnotations(annotationsPath, config.categories !== null);
  const notes = [...found.notes];

  if (annotations === null && config.categories !== null) {
    throw new UserError(
      `dataset.categories: expected ${annotationsPath} for the filter, which does not exist`,
    );
  }
  let wanted = (_path: string) => true;
  if (annotations !== null) {
    const onDisk = new Set(found.paths);
    const absent = [...annotations.imageIds.keys()].filter((name) => !onDisk.has(name)).length;
    const withoutRow = found.paths.filter((path) => !annotations.imageIds.has(path)).length;
    const filtered = config.categories !== null;
    if (absent > 0)
      notes.push(`${split}: ${count(absent, "image")} of the annotations file not on disk, left out`);
    if (withoutRow > 0) {
      const fate = filtered ? "left out by the category filter" : "taken all the same";
      notes.push(
        `${split}: ${count(withoutRow, "image")} on disk without a row in the annotations file, ${fate}`,
      );
    }
    if (filtered) {
      const chosen = new Set<number>();
      for (const name of config.categories) {
        requireKnownName("dataset.categories", "category", name, [...annotations.categories.keys()]);
        chosen.add(annotations.categories.get(name)!);
      }
      wanted = (path) => {
        const shown = annotations.shown.get(annotations.imageIds.get(path) ?? Number.NaN);
        return shown?.some((category) => chosen.has(category)) ?? false;
      };
    }
  }
  const items = found.paths.filter(wanted).map(
    (path): Item => ({
      id: `${folder}/${path}`,
      source: { path: join(config.root, folder, path) },
      side,
    }),
  );
  return { items, notes };
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
