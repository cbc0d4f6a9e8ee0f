// What is watched while a run goes on. A resumed run brings the watch to where it stood from what was logged.

import type { EventRow, Series } from "../../store/rows.ts";
import { createCollapseWatch, type EpochWatch } from "./collapse-watch.ts";
import { balanceSeries } from "./color-balance.ts";
import { createGanWatch, type StepWatch, scoreSeries } from "./gan-watch.ts";

export type HealthWatch = { readonly afterStep: StepWatch; readonly afterEpoch: EpochWatch };

export type Logged = {
  series(name: string): Pick<Series, "step" | "value"> | undefined;
  readonly stepsPerEpoch: number;
  readonly events: readonly EventRow[];
};

/** A watch that has seen everything logged so far, and does not repeat a warning among the events. */
export function createHealthWatch({ series, stepsPerEpoch, events }: Logged): HealthWatch {
  const [gan, collapse] = [createGanWatch(), createCollapseWatch()];
  replay(Object.values(scoreSeries), series, gan);
  const balance = Object.values(balanceSeries).flatMap((name) => [name, `${name}/real`]);
  replay(balance, series, (step, values) => collapse(Math.round(step / stepsPerEpoch), values));
  // Steps between the checkpoint and the interruption are trained twice, with the same numbers.
  const said = new Set(events.filter(({ level }) => level === "warning").map(({ message }) => message));
  return {
    afterStep: (step, values) => gan(step, values).filter(({ message }) => !said.has(message)),
    afterEpoch: (epoch, values) => collapse(epoch, values).filter(({ message }) => !said.has(message)),
  };
}

/** Calls `watch` for every step at which one of the series has a value. */
function replay(names: readonly string[], seriesOf: Logged["series"], watch: StepWatch): void {
  const steps = new Map<number, Record<string, number>>();
  for (const name of names) {
    const { step, value } = seriesOf(name) ?? { step: [], value: [] };
    step.forEach((at, index) => {
      const values = steps.get(at) ?? {};
      steps.set(at, values);
      values[name] = value[index]!;
    });
  }
  for (const step of [...steps.keys()].sort((a, b) => a - b)) watch(step, steps.get(step)!);
}
