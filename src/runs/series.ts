// What a series of values is. Whoever writes one declares it; the store keeps the declaration beside the values; whoever
// reads asks it, and never the name.

/** What is good: "one" is a value near 1; "none" is neither. */
export type Better = "higher" | "lower" | "one" | "none";

/** What a value is about; it decides where reports and tables show it. "real" is of the real images, which do not change. */
export type SeriesFamily = "loss" | "metric" | "health" | "color" | "emergence" | "real" | "rate" | "time";

/** A declaration without the set that it is measured on. */
export type SeriesKind = {
  /** Within its set, such as "psnr" or "color/chroma_ratio". */
  readonly name: string;
  /** What tables and charts call it, such as "PSNR" or "generator's L1". */
  readonly title: string;
  /** Of its values, such as "dB"; "" for a plain number. */
  readonly unit: string;
  readonly better: Better;
  readonly family: SeriesFamily;
  /** A value for every training step, or one for an epoch (or for every few). */
  readonly per: "step" | "epoch";
  /**
   * What has to be equal beside the images for two values to compare, such as "squared error" or "pix2pix L1, lab"; "" where
   * the name says it all.
   */
  readonly compares: string;
  /** Title of the chart that it shares with others of the same run; null for one of its own. */
  readonly chart: string | null;
  /** A value that is worth a line across its chart, such as the 0.5 of a score. */
  readonly reference: number | null;
  /** Ends of the linear axis; null fits the values. */
  readonly range: readonly [number, number] | null;
  /** One line. */
  readonly description: string;
  /** The paper or program whose numbers it gives; "" where there is none. */
  readonly source: string;
};

/** "seen", "unseen", "train" (what a step or an epoch of training logs), or the name of an evaluation set. */
export type SetName = string;

export type SeriesSpec = SeriesKind & { readonly set: SetName };

/** How users, SQL and messages name a series: "unseen/psnr". */
export function seriesName({ set, name }: Pick<SeriesSpec, "set" | "name">): string {
  return `${set}/${name}`;
}

/** A declaration of what is said; all else is that of a plain number for every epoch, in a chart of its own. */
export function seriesKind(
  said: Partial<SeriesKind> & Pick<SeriesKind, "name" | "better" | "family" | "description">,
): SeriesKind {
  return {
    title: said.name.replaceAll("_", " "),
    unit: "",
    per: "epoch",
    compares: "",
    chart: null,
    reference: null,
    range: null,
    source: "",
    ...said,
  };
}

/** The same kinds, measured on a set. */
export function inSet(set: SetName, kinds: readonly SeriesKind[]): SeriesSpec[] {
  return kinds.map((kind) => ({ ...kind, set }));
}
