// What every data set kind is: a description and a listing of its images in an order that does not depend on
// the machine. A kind lists; it does not decode, choose or cache (prepare.ts does, the same way for all).

/** Draws an image of `size` x `size`: uint8 RGB [size, size, 3]. The same arguments give the same bytes. */
export type Draw = (size: number) => Uint8Array;

export type Side = "seen" | "unseen";

/** A file, or a drawing whose `key` changes whenever the drawing would. */
export type Source = { readonly path: string } | { readonly draw: Draw; readonly key: string };

export type Item = {
  /** Path relative to the root with forward slashes, or a name such as "scene 00012". Unique in its listing. */
  readonly id: string;
  readonly source: Source;
  /** The side that an official split puts it on; null leaves it to the seeded holdout. */
  readonly side: Side | null;
  /** Which part of a union it comes from. */
  readonly part?: number;
};

export type Listing = {
  readonly items: readonly Item[];
  /** What a reader should know, one line each with counts, such as files without an annotation row. */
  readonly notes: readonly string[];
  /** null unless asked for. */
  readonly labels: Labels | null;
};

/** What images show: `flags` has 0 or 1 per image and name, uint8 [images, names]. */
export type Labels = { readonly names: readonly string[]; readonly flags: Uint8Array };

export type Dataset<Config> = {
  /** A few words without counts, such as "coco train2017". */
  describe(config: Config): string;
  /** What was looked for and where, for the message when too little is found. */
  lookedFor(config: Config): string;
  /** Whether lists beside the images say what they show. */
  readonly hasLabels: boolean;
  /**
   * With labels, images whose labels nobody wrote down are left out and counted in a note. Throws UserError
   * when the folder or its lists are missing or not what they should be.
   */
  list(config: Config, withLabels?: boolean): Promise<Listing>;
};

/** A file that could not be used and why, in a few words. */
export type SkippedFile = { readonly path: string; readonly reason: string };
