// COCO's instances file, beside pictures that it lists.

import path from "node:path";
import { coco } from "../../../src/datasets/kinds/coco.ts";
import { cocoConfig, write } from "../../datasets/pictures.ts";
import type { MakeTarget } from "../target.ts";

const instances = {
  info: { description: 'a "tree" {[', year: 2017 },
  images: [
    { id: 11, file_name: "a.jpg", width: 640, height: 480 },
    { id: 9007199254740991, file_name: "b.jpg", width: 640, height: 480 },
    { id: "x13", file_name: "ü \\ c.jpg" },
  ],
  annotations: [
    {
      id: 1,
      image_id: 11,
      category_id: 1,
      area: 120.5,
      iscrowd: 0,
      segmentation: [[1.5, 2, 3]],
      bbox: [1, 2, 3, 4],
    },
    {
      id: 2,
      image_id: 11,
      category_id: 18,
      area: 7,
      iscrowd: 1,
      segmentation: { counts: [1, 2], size: [3, 4] },
    },
    { id: 3, image_id: "x13", category_id: 90, area: 99, iscrowd: 0 },
  ],
  categories: [
    { id: 1, name: "person", supercategory: "person" },
    { id: 18, name: "dog" },
    { id: 90, name: "toothbrush" },
  ],
};

export const makeTarget: MakeTarget = async (folder) => {
  const file = path.join(folder, "annotations/instances_train2017.json");
  for (const { file_name: name } of instances.images) write(path.join(folder, "train2017", name), "");
  const texts = [JSON.stringify(instances), JSON.stringify(instances, null, 1)];
  return {
    originals: texts.map((text, at) => ({ name: `instances-${at}.json`, content: Buffer.from(text) })),
    async read(_, content) {
      write(file, content);
      await coco.list(cocoConfig(folder), { labels: true });
      await coco.list(cocoConfig(folder, { categories: ["dog", 90], min_area: 5, iscrowd: "exclude" }));
      return "loaded";
    },
  };
};
