// W&B's `early_terminate: {type: hyperband}`: at each band a trial has to be among the best 1/eta of all that came so
// far. A band is a count of logged values: band 3 looks at the third. NaN and infinities are skipped. The value at the
// last band that was reached is compared, or with strict false the best so far.
// https://github.com/wandb/sweeps/blob/master/src/sweeps/hyperband_stopping.py

import type { Goal, WandbHyperbandConfig } from "../sweep.ts";
import { bestValue, type CurvePoint, type PastTrial } from "../trial.ts";

/** Whether `current` is stopped after the last epoch of its curve. */
export function prunesByBands(
  config: WandbHyperbandConfig,
  trials: readonly PastTrial[],
  current: PastTrial,
  goal: Goal,
): boolean {
  const own = finite(current.curve);
  const band = bandsOf(config, own.length).at(-1);
  if (band === undefined) return false;
  const sign = goal === "minimize" ? 1 : -1;
  const values = trials
    .flatMap(({ curve }) => finite(curve)[band - 1] ?? [])
    .map(({ value }) => sign * value)
    .toSorted((a, b) => a - b);
  const threshold = values[Math.floor((1 / config.eta) * values.length)]!;
  const judged = config.strict ? own[band - 1]!.value : bestValue(own, goal);
  return sign * judged > threshold;
}

function finite(curve: readonly CurvePoint[]): CurvePoint[] {
  return curve.filter(({ value }) => Number.isFinite(value));
}

/** Rising, those up to `count`. */
function bandsOf({ bands, eta }: WandbHyperbandConfig, count: number): number[] {
  const found: number[] = [];
  if ("minIter" in bands) {
    for (let band = bands.minIter; Math.floor(band) <= count && found.length < 100; band *= eta)
      found.push(Math.floor(band));
    return found;
  }
  let band = bands.maxIter;
  for (let index = 0; index < bands.s && band / eta >= 1; index++) {
    band /= eta;
    found.push(Math.floor(band));
  }
  return found.filter((each) => each <= count).toSorted((a, b) => a - b);
}
