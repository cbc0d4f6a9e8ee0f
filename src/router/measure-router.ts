// How good a router is: on images that none of its networks was trained on and that it was not built with, colored by the
// router, by each specialist, by the one network of all classes and by the oracle, which takes the best specialist of every
// image.

import { type Closable, closeAll } from "../close-all.ts";
import { UserError } from "../errors.ts";
import type { MetricConfig } from "../experiment/experiment.ts";
import { imagePair } from "../metrics/image-pair.ts";
import { finiteMean } from "../metrics/metric.ts";
import { type MetricValues, type OpenMetrics, openMetrics } from "../metrics/open-metrics.ts";
import { bestAt } from "../runs/best.ts";
import type { Better, SeriesKind } from "../runs/series.ts";
import { largestAt } from "./class-shares.ts";
import { type HeldOutImage, type HeldOutOptions, openHeldOut } from "./held-out-images.ts";
import { networksOf, type OpenRouterOptions, openNetworks } from "./open-router.ts";
import { readPicture } from "./read-picture.ts";
import { coloringsOf, type Route, routeByClass, routeByRealness } from "./route.ts";
import type { StoredRouter } from "./stored-router.ts";

export type MeasuredMethod = {
  readonly name: string;
  readonly kind: "router" | "specialist" | "general" | "oracle";
  /** Of every image, by the measure; those that only a set has are not here. */
  readonly ofImages: Readonly<Record<string, Float64Array>>;
  /** Of the images as a set. The oracle has only what is the mean of its images. */
  readonly ofSet: Readonly<Record<string, number>>;
};

export type RoutedImage = {
  readonly id: string;
  readonly class: number;
  readonly route: Route;
  /** uint8 sRGB [size, size, 3]: the image and what each network makes of it; null but for a few. */
  readonly shown: { readonly real: Uint8Array; readonly byNetwork: readonly Uint8Array[] } | null;
};

export type MeasuredRouter = {
  readonly router: StoredRouter;
  readonly description: string;
  readonly notes: readonly string[];
  readonly measures: readonly SeriesKind[];
  /** The router first, then specialists, the one network, the oracle. */
  readonly methods: readonly MeasuredMethod[];
  readonly images: readonly RoutedImage[];
  /** confusion[class][most likely class]. */
  readonly confusion: readonly (readonly number[])[];
};

export type MeasureRouterOptions = HeldOutOptions &
  OpenRouterOptions & { readonly metrics: readonly MetricConfig[] };

/** Of each class and rule so many images are shown. */
const shownOfEach = 4;

/** Throws UserError where a network or the images are not as they were. */
export async function measureRouter(
  router: StoredRouter,
  options: MeasureRouterOptions,
): Promise<MeasuredRouter> {
  const { store, output, signal } = options;
  const chosen = networksOf(store, router, true);
  const others = [...chosen.specialists, ...(chosen.general ? [chosen.general] : [])].map(({ run }) => run);
  const heldOut = await openHeldOut(router.measured.dataset, chosen.classifier.run, others, options);
  const { dataset, labels } = heldOut;
  const images = heldOut.images.filter(({ use }) => use === "report");
  const progress = output.progress(images.length);
  const closing: Closable[] = [dataset];
  try {
    requireAsBuilt(router, labels, dataset.fingerprint);
    if (images.length < 2)
      throw new UserError(`router ${router.name}: expected images for its report, got ${images.length}`);
    const networks = await openNetworks(chosen, options);
    closing.push(networks);
    const colored = [...networks.specialists, ...(networks.general ? [networks.general] : [])];
    // The router's own, and one for each network.
    const measurers: OpenMetrics[] = [];
    for (const _ of [null, ...colored]) {
      const opened = await openMetrics(options.metrics, { size: router.size, threads: options.threads });
      closing.push(opened);
      measurers.push(opened);
    }
    const isShown = showing();
    const routed: RoutedImage[] = [];
    const confusion = labels.map(() => labels.map(() => 0));
    for (const [place, image] of images.entries()) {
      signal.throwIfAborted();
      progress.update(place, "images colored by all");
      const { rgb, luma } = readPicture(dataset, image.index);
      const probabilities = (await networks.classifier.predict(() => luma)).slice();
      const colorings = await coloringsOf(networks, luma);
      const route = routeByClass(router, probabilities) ?? routeByRealness(router, probabilities, colorings);
      const pictures = colorings.map(({ picture }) => picture);
      if (networks.general) pictures.push((await networks.general.predict(() => luma)).slice());
      const pairs = colored.map(({ output }, at) => imagePair(output, rgb, pictures[at]!));
      for (const [at, pair] of [pairs[route.place]!, ...pairs].entries()) await measurers[at]!.measure(pair);
      confusion[image.class]![largestAt(route.shares)]!++;
      const shown = isShown(image, route) ? { real: rgb, byNetwork: pairs.map(({ shown }) => shown) } : null;
      routed.push({ id: image.id, class: image.class, route, shown });
    }
    const measures = measurers[0]!.kinds;
    const methods = methodsOf(
      router,
      measures,
      measurers.map((each) => each.finish()),
    );
    return {
      router,
      description: dataset.description,
      notes: heldOut.notes,
      measures,
      methods,
      images: routed,
      confusion,
    };
  } finally {
    progress.stop();
    await closeAll(closing.reverse());
  }
}

function requireAsBuilt(
  { name, specialists, measured }: StoredRouter,
  labels: readonly string[],
  fingerprint: string,
): void {
  if (fingerprint !== measured.fingerprint)
    throw new UserError(
      `router ${name}: the images that it was built with changed since; build it anew (hueristic router build)`,
    );
  if (specialists.some((specialist, place) => specialist.class !== labels[place]))
    throw new Error(`router ${name}: its classes are not the classifier's`);
}

/** Whether an image is among the first few of its class and rule. */
function showing(): (image: HeldOutImage, route: Route) => boolean {
  const counts = new Map<string, number>();
  return (image, { rule }) => {
    const key = `${image.class} ${rule}`;
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return count <= shownOfEach;
  };
}

/** `measured` is of the router, then of each network. */
function methodsOf(
  { specialists, general }: StoredRouter,
  measures: readonly SeriesKind[],
  [ofRouter, ...measured]: readonly MetricValues[],
): MeasuredMethod[] {
  const ofSpecialists = measured.slice(0, specialists.length);
  return [
    { name: "router", kind: "router", ...ofRouter! },
    ...specialists.map(
      (each, place): MeasuredMethod => ({ name: each.class, kind: "specialist", ...measured[place]! }),
    ),
    ...(general ? [{ name: general.name, kind: "general" as const, ...measured.at(-1)! }] : []),
    { name: "oracle", kind: "oracle", ...oracleOf(measures, ofSpecialists) },
  ];
}

/** The best specialist of every image, by each measure for itself. */
function oracleOf(measures: readonly SeriesKind[], specialists: readonly MetricValues[]): MetricValues {
  const ofImages: Record<string, Float64Array> = {};
  for (const { name, better } of measures) {
    const columns = specialists.flatMap((each) => each.ofImages[name] ?? []);
    if (!isDirected(better) || columns.length === 0) continue;
    ofImages[name] = columns[0]!.map((_, at) => {
      const values = columns.map((column) => column[at]!);
      return values[bestAt(values, better) ?? 0]!;
    });
  }
  const ofSet = Object.fromEntries(
    Object.entries(ofImages).map(([name, values]) => [name, finiteMean(values)]),
  );
  return { ofImages, ofSet };
}

function isDirected(better: Better): better is "higher" | "lower" {
  return better === "higher" || better === "lower";
}
