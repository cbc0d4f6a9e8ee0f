// CelebA's two lists, as text and as CSV.

import { rmSync } from "node:fs";
import path from "node:path";
import { celeba } from "../../../src/datasets/kinds/celeba.ts";
import { celebaConfig, write } from "../../datasets/pictures.ts";
import type { MakeTarget } from "../target.ts";

const lists = {
  "list_eval_partition.txt": "000001.jpg 0\n000002.jpg 0\n000003.jpg 1\n000004.jpg 2\n000005.jpg 0\n",
  "list_attr_celeba.txt":
    "5\nMale Smiling Young \n000001.jpg  1 -1  1\n000002.jpg -1  1 -1\n000003.jpg -1 -1  1\n000004.jpg  1  1  1\n000005.jpg 1 -1 -1\n",
  "list_eval_partition.csv": 'image_id,partition\n000001.jpg,0\n"000002.jpg",0\n000003.jpg,1\n000004.jpg,2\n',
  "list_attr_celeba.csv":
    ",image_id,Male,Smiling\n0,000001.jpg,1,-1\n1,000002.jpg,-1,1\n2,000003.jpg,1.0,NaN\n3,000004.jpg,-1,-1\n",
};

export const makeTarget: MakeTarget = async (folder) => {
  for (let face = 1; face <= 5; face++) write(path.join(folder, "img_align_celeba", `00000${face}.jpg`), "");
  const originals = Object.entries(lists).map(([name, text]) => ({ name, content: Buffer.from(text) }));
  return {
    originals,
    async read({ name }, content) {
      const extension = path.extname(name);
      for (const each of originals)
        if (each.name === name) write(path.join(folder, name), content);
        else if (each.name.endsWith(extension)) write(path.join(folder, each.name), each.content);
        else rmSync(path.join(folder, each.name), { force: true });
      await celeba.list(celebaConfig(folder, { unseen_split: "val" }), { labels: true });
      await celeba.list(celebaConfig(folder, { attributes: { Smiling: true } }));
      return "loaded";
    },
  };
};
