// Keys that every data set has, whatever its kind.

import { oneOf, share, text, whole } from "../settings/leaves.ts";

/** The share of images held out where neither a share nor an official split is given. */
export const defaultHoldout = 0.1;

/** How many of so many images that share is, at least one. */
export function heldOut(images: number, holdout: number): number {
  return Math.max(1, Math.round(holdout * images));
}

export const sharedOptions = {
  limit: whole("images", { least: 2 })
    .nullable()
    .default(null)
    .describe("Take at most so many images (of each split), chosen by `seed`; null takes all."),
  holdout: share()
    .nullable()
    .default(null)
    .describe(
      `Share of the images held out as unseen, between 0 and 1; ${defaultHoldout} where it is left out. Not together with unseen_split or a folder's split.`,
    ),
  seed: whole("", { least: 0 })
    .default(1)
    .describe(
      "Chooses which images `limit` keeps and which are held out. Apart from the experiment's seed, so that runs with other seeds can be compared on the same unseen images.",
    ),
  greyscale: oneOf(["drop", "keep"])
    .default("drop")
    .describe("Pictures without any color, which would teach that grey is right: left out, or kept."),
};

/** The key `root` of kinds that lie in a folder. */
export function rootOption(what: string) {
  return text().describe(
    `Folder of ${what}. A relative path starts at this file's folder, on the command line at the current one.`,
  );
}
