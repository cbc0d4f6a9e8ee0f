// Which specialist colors a picture: that of its most likely class where the classifier is sure of it; otherwise the one whose
// own discriminator finds its coloring most real.

import { UserError } from "../errors.ts";
import { type Calibration, realnessOf } from "./calibration.ts";
import { classShares, largestAt } from "./class-shares.ts";
import type { RouterNetworks } from "./open-router.ts";
import type { StoredRouter } from "./stored-router.ts";

/** What a specialist made of a picture, and what its discriminator thinks of that. */
export type Coloring = {
  /** As the model declares its output. */
  readonly picture: Float32Array;
  /** Mean logit. */
  readonly logit: number;
};

export type Route = {
  readonly rule: "classifier" | "discriminators";
  /** Place of the specialist. */
  readonly place: number;
  /** Share of each class, in the order of the specialists. */
  readonly shares: Float64Array;
  /** How real each coloring looks to its own discriminator (calibration.ts); null where nobody asked. */
  readonly realness: Float64Array | null;
};

type Asked = Pick<StoredRouter, "threshold" | "specialists">;

/** `luma` is the centre square of a picture as the networks see it, [size, size]. */
export async function route(router: Asked, networks: RouterNetworks, luma: Float32Array): Promise<Route> {
  const probabilities = await networks.classifier.predict(() => luma);
  const byClass = routeByClass(router, probabilities);
  return byClass ?? routeByRealness(router, probabilities, await coloringsOf(networks, luma));
}

/** null where the classifier is not sure. */
export function routeByClass(
  { threshold }: Pick<Asked, "threshold">,
  probabilities: ArrayLike<number>,
): Route | null {
  const shares = classShares(probabilities);
  const place = largestAt(shares);
  requireNumbers(shares);
  if (shares[place]! < threshold.share) return null;
  return { rule: "classifier", place, shares, realness: null };
}

export function routeByRealness(
  {
    specialists,
  }: { readonly specialists: readonly { readonly calibration: Pick<Calibration, "mean" | "deviation"> }[] },
  probabilities: ArrayLike<number>,
  colorings: readonly Pick<Coloring, "logit">[],
): Route {
  const realness = Float64Array.from(colorings, ({ logit }, place) =>
    realnessOf(specialists[place]!.calibration, logit),
  );
  requireNumbers(realness);
  return { rule: "discriminators", place: largestAt(realness), shares: classShares(probabilities), realness };
}

/** Not a number is never the largest, nor below a threshold: some specialist would be taken without a reason. */
function requireNumbers(values: Float64Array): void {
  if (!values.every(Number.isFinite))
    throw new UserError("router: expected numbers, got others from one of its networks: its training failed");
}

/** By every specialist. */
export async function coloringsOf(
  { specialists }: Pick<RouterNetworks, "specialists">,
  luma: Float32Array,
): Promise<Coloring[]> {
  const colorings: Coloring[] = [];
  for (const specialist of specialists) {
    const picture = (await specialist.predict(() => luma)).slice();
    colorings.push({ picture, logit: await specialist.score(luma, picture) });
  }
  return colorings;
}
