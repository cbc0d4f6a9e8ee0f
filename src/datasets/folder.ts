// Any folder of images, searched recursively. There is no official split: a seeded share is held out.

import { join } from "node:path";
import type { FolderConfig } from "../experiment/experiment.ts";
import type { Dataset } from "./dataset.ts";
import { findImageFiles, requireFolder } from "./image-files.ts";

export const folder: Dataset<FolderConfig> = {
  describe: () => "folder",
  lookedFor: (config) => `image files in ${config.root} and below`,
  hasLabels: false,
  async list(config) {
    await requireFolder("dataset.root", config.root);
    const { paths, notes } = await findImageFiles(config.root);
    const items = paths.map((path) => ({ id: path, source: { path: join(config.root, path) }, side: null }));
    return { items, notes, labels: null };
  },
};
