// The metrics that an experiment names, opened once and asked about one set of images after another.

import { UserError } from "../errors.ts";
import type { SeriesKind } from "../runs/series.ts";
import type { ImagePair } from "./image-pair.ts";
import { finiteMean, type Metric, type MetricContext, type OpenMetric } from "./metric.ts";
import { type MetricConfig, metricKinds, metricOf } from "./metrics.ts";

export type MetricValues = {
  /** Of the set as a whole, by the name of the value, such as "psnr". */
  readonly ofSet: Readonly<Record<string, number>>;
  /** Of every image in the order in which they came; values that only a set has are not here. */
  readonly ofImages: Readonly<Record<string, Float64Array>>;
};

export type OpenMetrics = {
  /** What the values mean. */
  readonly kinds: readonly SeriesKind[];
  /** The next image of a set. */
  measure(pair: ImagePair): Promise<void>;
  /** What was measured since the last call. */
  finish(): MetricValues;
  close(): Promise<void>;
};

type Opened = { readonly metric: Metric; readonly open: OpenMetric; columns: number[][] };

/** Throws UserError, which begins with the metric, where one cannot be opened. */
export async function openMetrics(
  configs: readonly MetricConfig[],
  context: MetricContext,
): Promise<OpenMetrics> {
  const opened: Opened[] = [];
  const close = async () => {
    for (const { open } of opened) await open.close?.();
  };
  for (const config of configs) {
    try {
      const metric = metricOf(config);
      opened.push({ metric, open: await metric.open(config, context), columns: [] });
    } catch (error) {
      await close();
      throw error instanceof UserError ? new UserError(`metrics: ${config.name}: ${error.message}`) : error;
    }
  }
  return {
    kinds: configs.flatMap(metricKinds),
    async measure(pair) {
      for (const each of opened) {
        const values = await each.open.measure(pair);
        for (const [column, value] of values.entries()) {
          each.columns[column] ??= [];
          each.columns[column].push(value);
        }
      }
    },
    finish() {
      const all = opened.map(valuesOf);
      for (const each of opened) each.columns = [];
      return {
        ofSet: Object.assign({}, ...all.map(({ ofSet }) => ofSet)),
        ofImages: Object.assign({}, ...all.map(({ ofImages }) => ofImages)),
      };
    },
    close,
  };
}

function valuesOf({ metric, open, columns }: Opened): MetricValues {
  const ofImages: Record<string, Float64Array> = {};
  let column = 0;
  const means = metric.values.map(({ name, of }) => {
    if (of === "set") return Number.NaN;
    ofImages[name] = Float64Array.from(columns[column++] ?? []);
    return finiteMean(ofImages[name]);
  });
  const values = open.ofSet?.(means) ?? means;
  return {
    ofSet: Object.fromEntries(metric.values.map(({ name }, place) => [name, values[place]!])),
    ofImages,
  };
}
