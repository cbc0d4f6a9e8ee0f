// A heat map of a sweep's trials. Used by the page's script too: it needs nothing of Node.

import { formatNumber } from "../../../runs/format/numbers.ts";
import type { Html } from "../../html.ts";
import type { HeatData } from "./data.ts";
import { heatMapSvg } from "./heat-map.ts";

/** Of the value `value` over the parameters `x` and `y`; one parameter in both directions is a single row of it. */
export function heatMapOf(
  { parameters, values, trials }: HeatData,
  x: number,
  y: number,
  value: number,
): Html {
  const { name, unit, better } = values[value]!;
  return heatMapSvg(
    trials.map((trial) => ({
      x: trial.parameters[x] ?? null,
      y: x === y ? null : (trial.parameters[y] ?? null),
      value: trial.state === "complete" ? (trial.values[value] ?? null) : null,
      state: trial.state,
    })),
    {
      x: parameters[x]!,
      y: x === y ? "" : parameters[y]!,
      value: unit === "" ? name : `${name}, ${unit}`,
      better,
      format: formatNumber,
    },
  );
}
