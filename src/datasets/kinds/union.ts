// Several data sets as one: the listings one after the other, ids behind the name of their part. How many images
// of each part are taken, and which sides they are on, stands in union-choice.ts.

import { UserError } from "../../errors.ts";
import type { SingleDatasetConfig, UnionConfig } from "../../experiment/experiment.ts";
import type { Dataset, Item } from "../dataset.ts";
import { kindOf } from "./kinds.ts";

export const union: Dataset<UnionConfig> = {
  describe: (config) => `union of ${eachPart(config, (part) => kindOf(part).describe(part)).join(" and ")}`,
  lookedFor: (config) => eachPart(config, (part) => kindOf(part).lookedFor(part)).join(" and "),
  hasLabels: false,
  async list(config) {
    const items: Item[] = [];
    const notes: string[] = [];
    const names = partNames(config);
    for (const [part, name] of names.entries()) {
      const own = partConfig(config, part);
      const key = `dataset.parts[${part}].dataset`;
      const listing = await kindOf(own)
        .list(own)
        .catch((error) => {
          if (!(error instanceof UserError)) throw error;
          throw new UserError(error.message.replace(/^dataset\b/, key));
        });
      if (listing.items.length === 0) {
        const why = [kindOf(own).lookedFor(own), ...listing.notes].join("; ");
        throw new UserError(`${key}: expected images, got none; looked for ${why}`);
      }
      for (const item of listing.items) items.push({ ...item, id: `${name}/${item.id}`, part });
      notes.push(...listing.notes.map((note) => `${name}: ${note.replace(/^dataset\b/, key)}`));
    }
    return { items, notes, labels: null };
  },
};

/** A part with what stands once, in the union. Scenes are drawn from other seeds in every part. */
export function partConfig(config: UnionConfig, part: number): SingleDatasetConfig {
  const { parts, holdout, seed, greyscale } = config;
  return { ...parts[part]!.dataset, limit: null, holdout, seed: seed + part, greyscale };
}

/** The kind, with a number where several parts are of one kind: "coco", "folder-1", "folder-2". */
export function partNames({ parts }: UnionConfig): string[] {
  const kinds = parts.map(({ dataset }) => dataset.kind);
  return kinds.map((kind, part) => {
    if (kinds.indexOf(kind) === kinds.lastIndexOf(kind)) return kind;
    return `${kind}-${kinds.slice(0, part + 1).filter((other) => other === kind).length}`;
  });
}

function eachPart<Result>(config: UnionConfig, of: (part: SingleDatasetConfig) => Result): Result[] {
  return config.parts.map((_, part) => of(partConfig(config, part)));
}
