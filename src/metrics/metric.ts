// What a metric declares. Every metric compares two 8-bit pictures, the real one and the one that a screen shows of the
// network's output, so that any other program can check its values from the pictures alone. A declaration loads neither
// ONNX Runtime nor TensorFlow.js; what a metric needs is loaded when it is opened.

import type { z } from "zod";
import { type SeriesKind, seriesKind } from "../runs/series.ts";
import type { Path } from "../settings/paths.ts";
import { type SettingsOf, variant } from "../settings/variants.ts";
import type { ImagePair } from "./image-pair.ts";

/** One number that a metric gives; `name` is also the end of its series, such as "unseen/psnr". */
export type MetricValue = Pick<SeriesKind, "name" | "better" | "unit"> & {
  /** The metric's own where it is left out. */
  readonly description?: string;
  /** Whether every image has one, or only a set of images as a whole. */
  readonly of: "image" | "set";
};

export type MetricDeclaration<Name extends string, Options extends z.ZodRawShape> = {
  /** The name that experiments use. */
  readonly name: Name;
  /** A phrase, which its one value shares. */
  readonly description: string;
  /** What it cannot do without, such as "a file". */
  readonly needs?: string | null;
  /** The paper or the program whose numbers it gives. */
  readonly source: string;
  /** What a user may write beside `name`. */
  readonly options: Options;
  /** Whether it is measured where an experiment names no metrics. */
  readonly usual: boolean;
  readonly values: readonly MetricValue[];
  /** What two values must have in common to compare, beside the images; nothing where it is left out. */
  compares?(settings: SettingsOf<Options>): string;
  /** Where the options name files; relative ones start where they were written. */
  readonly paths?: readonly Path[];
  /** Throws UserError, such as for weights that are missing. */
  open(settings: SettingsOf<Options>, context: MetricContext): OpenMetric | Promise<OpenMetric>;
};

export type MetricContext = {
  /** Side of the square pictures, pixels. */
  readonly size: number;
  readonly threads: number | undefined;
};

export type OpenMetric = {
  /** One number for each value that is of images, in the order of `values`. */
  measure(pair: ImagePair): readonly number[] | Promise<readonly number[]>;
  /**
   * One number for every value, of all images since the last call; `means` are those of what was measured, NaN for
   * values of sets. Left out where the means are the answer.
   */
  ofSet?(means: readonly number[]): readonly number[];
  close?(): Promise<void>;
};

export type Metric<Name extends string = string, Options extends z.ZodRawShape = z.ZodRawShape> = Required<
  MetricDeclaration<Name, Options>
> & { readonly schema: ReturnType<typeof variant<"name", Name, Options>> };

export function metric<const Name extends string, const Options extends z.ZodRawShape>(
  declaration: MetricDeclaration<Name, Options>,
): Metric<Name, Options> {
  const { name, description, options, needs = null } = declaration;
  const phrase = needs === null ? description : `${description}; needs ${needs}`;
  const sentence = `${phrase[0]!.toUpperCase()}${phrase.slice(1)}.`;
  return {
    compares: () => "",
    paths: [],
    ...declaration,
    needs,
    schema: variant("name", name, sentence, options),
  };
}

type NoOptions = Readonly<Record<never, z.ZodType>>;

type ImageMetric<Name extends string> = Omit<
  MetricDeclaration<Name, NoOptions>,
  "options" | "values" | "open"
> &
  Pick<MetricValue, "better" | "unit">;

/** A metric whose one value needs nothing but the pair. */
export function imageMetric<const Name extends string>(
  { better, unit, ...declaration }: ImageMetric<Name>,
  open: (context: MetricContext) => (pair: ImagePair) => number,
): Metric<Name, NoOptions> {
  return metric({
    ...declaration,
    options: {},
    values: [{ name: declaration.name, better, unit, of: "image" }],
    open(_settings, context) {
      const measure = open(context);
      return { measure: (pair) => [measure(pair)] };
    },
  });
}

/** What the values of a metric mean, as series of a set of images. */
export function kindsOf(metric: Metric, settings: Readonly<Record<string, unknown>>): SeriesKind[] {
  const { source, values } = metric;
  const compares = metric.compares(settings as SettingsOf<z.ZodRawShape>);
  return values.map(({ of: _, description = metric.description, ...value }) =>
    seriesKind({ ...value, description, family: "metric", compares, source }),
  );
}

/** The mean of the finite numbers, of all where none is finite; NaN for none at all. */
export function finiteMean(values: Float64Array): number {
  const finite = values.filter(Number.isFinite);
  const counted = finite.length > 0 ? finite : values;
  return counted.reduce((sum, value) => sum + value, 0) / counted.length;
}
