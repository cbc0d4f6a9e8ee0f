// What a metric file gives. Every metric compares two 8-bit pictures, the real one and the one that a screen shows of
// the network's output, so that any other program can check its values from the pictures alone.

import type { MetricConfig } from "../../experiment/experiment.ts";
import type { SeriesKind } from "../../runs/series.ts";
import type { ImagePair } from "./image-pair.ts";

/** One number that a metric gives; `name` is also the end of its series, such as "unseen/psnr". */
export type MetricValue = Pick<SeriesKind, "name" | "better" | "unit" | "description"> & {
  /** Whether every image has one, or only a set of images as a whole. */
  readonly of: "image" | "set";
};

export type Metric<Config extends MetricConfig = MetricConfig> = {
  /** The paper or the program whose numbers it gives. */
  readonly source: string;
  readonly values: readonly MetricValue[];
  /** Throws UserError, such as for weights that are missing. */
  open(config: Config, context: MeterContext): Meter | Promise<Meter>;
};

export type MeterContext = {
  /** Side of the square pictures, pixels. */
  readonly size: number;
  readonly threads: number | undefined;
};

export type Meter = {
  /** One number for each value that is of images, in the order of `values`. */
  measure(pair: ImagePair): readonly number[] | Promise<readonly number[]>;
  /**
   * One number for every value, of all images since the last call; `means` are those of what was measured, NaN for
   * values of sets. Left out where the means are the answer.
   */
  ofSet?(means: readonly number[]): readonly number[];
  close?(): Promise<void>;
};

/** A metric whose one value needs nothing but the pair. */
export function imageMetric(
  value: Omit<MetricValue, "of">,
  source: string,
  open: (context: MeterContext) => (pair: ImagePair) => number,
): Metric {
  return {
    source,
    values: [{ ...value, of: "image" }],
    open(_config, context) {
      const measure = open(context);
      return { measure: (pair) => [measure(pair)] };
    },
  };
}

/** The mean of the finite numbers, of all where none is finite; NaN for none at all. */
export function finiteMean(values: Float64Array): number {
  const finite = values.filter(Number.isFinite);
  const counted = finite.length > 0 ? finite : values;
  return counted.reduce((sum, value) => sum + value, 0) / counted.length;
}
