// Any folder of images, searched recursively, as patterns choose them. Two of its sub-folders may be the sides;
// otherwise a seeded share is held out.

import { stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { UserError } from "../../errors.ts";
import type { FolderConfig } from "../../experiment/experiment.ts";
import { nearMiss } from "../../near-miss.ts";
import type { Dataset, Item, Side } from "../dataset.ts";
import { quoted } from "../quoted.ts";
import { globMatcher } from "./glob.ts";
import { compareCodeUnits, findFolders, findImageFiles, requireFolder } from "./image-files.ts";

export const folder: Dataset<FolderConfig> = {
  describe({ root, split }) {
    const name = `folder ${quoted(basename(resolve(root)))}`;
    return split ? `${name}, ${split.seen} + ${split.unseen}` : name;
  },
  lookedFor({ root, split, include, exclude }) {
    const where = split ? `${split.seen} and ${split.unseen} in ${root}` : `${root} and below`;
    const like = include.length > 0 ? ` like ${include.join(" or ")}` : "";
    return `image files${like} in ${where}${exclude.length > 0 ? `, not ${exclude.join(" nor ")}` : ""}`;
  },
  hasLabels: false,
  async list(config) {
    const { root, split } = config;
    await requireFolder("dataset.root", root);
    const paths: string[] = [];
    const notes: string[] = [];
    const sides = new Map<string, Side>();
    // Each searched for itself: they may be links into one folder.
    for (const side of split ? (["seen", "unseen"] as const) : [null]) {
      const below = split && side ? tidy(split[side]) : "";
      if (side !== null) await requireSubFolder(root, below, side);
      const found = await findImageFiles(join(root, below));
      notes.push(...found.notes);
      for (const path of found.paths) {
        const relative = below === "" ? path : `${below}/${path}`;
        paths.push(relative);
        if (side !== null) sides.set(relative, side);
      }
    }
    const chosen = choose(paths.sort(compareCodeUnits), config);
    const items = chosen.paths.map(
      (path): Item => ({ id: path, source: { path: join(root, path) }, side: sides.get(path) ?? null }),
    );
    return { items, notes: [...notes, ...chosen.notes], labels: null };
  },
};

/** What the patterns leave, and a note on each pattern that has no effect, as a slip of the finger has none. */
function choose(paths: readonly string[], { include, exclude }: FolderConfig) {
  const notes: string[] = [];
  const matches = (key: string, patterns: readonly string[], candidates: readonly string[]) => {
    const found = new Set<string>();
    for (const pattern of patterns) {
      const own = candidates.filter(globMatcher(pattern));
      for (const path of own) found.add(path);
      if (own.length > 0) continue;
      const below = candidates.some(globMatcher(`${pattern.replace(/\/$/, "")}/**`));
      const hint = below ? `; did you mean ${JSON.stringify(`${pattern.replace(/\/$/, "")}/**`)}?` : "";
      notes.push(`dataset.${key}: ${JSON.stringify(pattern)} matches no image${hint}`);
    }
    return found;
  };
  const included = matches("include", include, paths);
  const excluded = matches("exclude", exclude, paths);
  const kept = paths.filter((path) => (include.length === 0 || included.has(path)) && !excluded.has(path));
  return { paths: kept, notes };
}

async function requireSubFolder(root: string, name: string, side: Side): Promise<void> {
  const found = await stat(join(root, name)).catch(() => null);
  if (found?.isDirectory()) return;
  const known = await findFolders(root);
  const near = nearMiss(name, known);
  const suggestion = near === null ? "" : `; did you mean ${JSON.stringify(near)}?`;
  const list = known.length === 0 ? "" : ` (known: ${known.join(", ")})`;
  throw new UserError(
    `dataset.split.${side}: expected a folder in ${root}, got ${JSON.stringify(name)}${suggestion}${list}`,
  );
}

function tidy(path: string): string {
  return path.split("/").filter(Boolean).join("/");
}
