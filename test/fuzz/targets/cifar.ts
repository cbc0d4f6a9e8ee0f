// CIFAR's files in both packings.

import path from "node:path";
import { cifar10, cifar100 } from "../../../src/datasets/kinds/cifar.ts";
import { decodePlanes } from "../../../src/datasets/prepare/decode-planes.ts";
import { completeExperiment } from "../../../src/experiment/complete-experiment.ts";
import { write } from "../../datasets/pictures.ts";
import type { MakeTarget } from "../target.ts";
import { goldenFiles } from "./golden-files.ts";

export const makeTarget: MakeTarget = async (folder) => {
  const originals = goldenFiles("cifar.json");
  for (const { name, content } of originals) write(path.join(folder, name), content);
  return {
    originals,
    async read({ name, content: whole }, content) {
      write(path.join(folder, name), content);
      try {
        const items = await listed(path.join(folder, path.dirname(name)));
        const own = items.filter(({ source }) => "path" in source && source.path === path.join(folder, name));
        for (const { source } of own)
          if ("path" in source && source.planes) await decodePlanes(source.path, source.planes, 16);
        return "loaded";
      } finally {
        write(path.join(folder, name), whole);
      }
    },
  };
};

async function listed(root: string) {
  const kind = root.includes("cifar-100") ? "cifar100" : "cifar10";
  const { dataset } = completeExperiment({ dataset: { kind, root, unseen_split: "test" } });
  if (dataset.kind === "cifar10") return (await cifar10.list(dataset, { labels: true })).items;
  if (dataset.kind === "cifar100") return (await cifar100.list(dataset, { labels: true })).items;
  throw new Error(`unexpected kind ${dataset.kind}`);
}
