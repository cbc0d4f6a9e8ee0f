// The lines of a chart for the settings of now: a curve each, or one for the seeds of a group.

import { data } from "../../../client/dom.ts";
import { groupOf, isShown } from "../../../client/selection.ts";
import type { CurveData, PanelData } from "../data.ts";
import { smooth } from "../downsample.ts";
import type { Band } from "./draw-curves.ts";
import type { Axis } from "./frame.ts";
import { mergeSeeds } from "./merge-seeds.ts";
import { numbers } from "./numbers.ts";

/** Shared by the charts of a group. */
export type Settings = {
  axis: Axis;
  scale: "linear" | "logarithmic";
  /** 0 to 1. */
  smoothing: number;
  /** Whether runs that differ in their seed only are one line. */
  seeds: boolean;
};

export type Line = Pick<CurveData, "label" | "run" | "color" | "every"> & {
  readonly x: Float32Array;
  readonly y: Float32Array;
  /** Before it was smoothed; null where it was not. */
  readonly raw: Float32Array | null;
  /** From the lowest to the highest of several seeds; null of one curve. */
  readonly band: Band | null;
};

export function linesOf(panel: PanelData, { axis, smoothing, seeds }: Settings): Line[] {
  const lines = panel.curves
    .filter(({ run }) => isShown(run))
    .map((curve): Line => {
      const value = numbers(curve.value);
      const span = smoothing ** 2 * 0.25 * value.length;
      const isSmooth = smoothing > 0 && span > 1 && (curve.every === "step" || !panel.mixed);
      return {
        ...curve,
        x: axisOf(curve, axis),
        raw: isSmooth ? value : null,
        y: isSmooth ? Float32Array.from(smooth(value, span)) : value,
        band: null,
      };
    });
  if (!seeds || panel.mixed) return lines;
  const groups = Map.groupBy(lines, ({ run }) => groupOf(run));
  return [...groups.values()].flatMap((members) => (members.length === 1 ? members : merged(members)));
}

function merged(members: readonly Line[]): Line {
  const { x, mean, low, high } = mergeSeeds(members);
  const first = members[0]!;
  const name = data.groups[groupOf(first.run) ?? -1]?.label ?? first.label;
  const label = `${name} (mean of ${members.length} seeds)`;
  return { ...first, label, x, y: mean, raw: null, band: { low, high } };
}

function axisOf({ epoch, seconds, per }: CurveData, axis: Axis): Float32Array {
  if (axis === "time") return numbers(seconds);
  return axis === "epoch" ? numbers(epoch) : numbers(epoch).map((value) => Math.round(value * per));
}
