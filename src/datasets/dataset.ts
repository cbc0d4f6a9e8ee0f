// What every data set kind is: its options, what they mean for the rest of an experiment, and a listing of its images in
// an order that does not depend on the machine. A kind lists; it does not decode, choose or cache (prepare/ does, the
// same way for all). Declarations are read by every command, so what is heavy is imported when images are listed.

import type { z } from "zod";
import type { Combination } from "../settings/combination.ts";
import type { Path } from "../settings/paths.ts";
import type { ReadonlyDeep } from "../settings/readonly-deep.ts";
import type { sharedOptions } from "./shared-options.ts";

/** Draws an image of `size` x `size`: uint8 RGB [size, size, 3]. The same arguments give the same bytes. */
export type Draw = (size: number) => Uint8Array;

export type Side = "seen" | "unseen";

/** Pixels that lie in a larger file as they are: uint8 [3, size, size], red, green, blue, from byte `at` on. */
export type Planes = { readonly at: number; readonly size: number };

/** An image file, a picture within a larger file, or a drawing whose `key` changes whenever the drawing would. */
export type Source =
  | { readonly path: string; readonly planes?: Planes }
  | { readonly draw: Draw; readonly key: string };

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

export type ListOptions = {
  /** What messages call the data set: `dataset` where left out. */
  readonly key?: string;
  /** Leave out images whose labels nobody wrote down, and count them in a note. */
  readonly labels?: boolean;
};

export type Dataset<Config> = {
  /** What its images are called, such as "COCO photographs". */
  readonly images: string;
  /** What one writes so that its images have labels, such as "folder with labels: folders"; null where they have none. */
  readonly labelled: string | null;
  /** How many labels the images have, usually where only their files can say; null where `config` gives them none. */
  labels(config: Config): number | null;
  /** A few words without counts, such as "coco train2017". */
  describe(config: Config): string;
  /** What was looked for and where, for the message when too little is found. `key` is what messages call the data set. */
  lookedFor(config: Config, key: string): string;
  /** Whether splits or folders say which images are unseen, so that no share is held out. */
  hasOfficialSides(config: Config): boolean;
  /** What is impossible together in the options at `at`. `withLabels`: labels are learnt from it. */
  problems(config: Config, at: Path, withLabels: boolean): Combination[];
  /** Where the options name files or folders; relative ones start where they were written. */
  paths(config: Config): readonly Path[];
  /** Where an option says how many images there are at most: which one. */
  readonly countedBy?: keyof Config & string;
  /** Throws UserError when the folder or its lists are missing or not what they should be. */
  list(config: Config, options?: ListOptions): Promise<Listing>;
};

/** A kind as it is declared. */
export type DatasetKind<Kind extends string, Options extends z.ZodRawShape> = Dataset<
  ConfigOf<Kind, Options>
> & {
  readonly kind: Kind;
  /** A sentence for whoever chooses one. */
  readonly description: string;
  /** Keys beside those of every data set. */
  readonly options: Options;
};

/** A complete data set of this kind; `holdout` is null where official splits say which images are unseen. */
export type ConfigOf<Kind extends string, Options extends z.ZodRawShape> = ReadonlyDeep<
  { kind: Kind } & z.output<z.ZodObject<Options & typeof sharedOptions>>
>;

/** A file that could not be used and why, in a few words. */
export type SkippedFile = { readonly path: string; readonly reason: string };
