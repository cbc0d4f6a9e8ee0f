// What hueristic sweep --dry-run shows: the trials that a sweep would train.

import { plural } from "../../runs/format/words.ts";
import { parameterLabels } from "../../sweep/parameter-labels.ts";
import { type PlannedTrial, planTrials } from "../../sweep/search/planned-trials.ts";
import type { Sweep } from "../../sweep/sweep.ts";
import { valueText } from "../../sweep/value-text.ts";
import { seedColumn } from "./sweep-table.ts";
import { type Column, formatTable } from "./table.ts";

/** Trials in the table; of a search without an end the first ones give an idea. */
const most = 200;
const mostOfEndless = 20;

export function sweepPlan(sweep: Sweep, id: string, width: number | null): string[] {
  const isEndless = planTrials(sweep, 0).configurations === Number.POSITIVE_INFINITY;
  const plan = planTrials(sweep, isEndless ? mostOfEndless : most);
  const varying = parameterLabels(sweep).names;
  const same = sweep.parameters.filter(({ name }) => !varying.includes(name));
  const table = formatTable<PlannedTrial>(
    [
      { title: "trial", align: "right", expendable: 0, cell: ({ number }) => String(number) },
      // Whole values, as the experiments get them: no labels as where trials are told apart only.
      ...varying.map(
        (name, index): Column<PlannedTrial> => ({
          title: name,
          align: "left",
          expendable: 10 + index,
          shortest: name.length,
          cell: ({ parameters }) => valueText(parameters[name]),
        }),
      ),
      ...seedColumn<PlannedTrial>(sweep, ({ seed }) => seed),
    ],
    plan.first,
    width,
  );
  const constants = same.map(({ name }) => `${name}: ${valueText(plan.first[0]?.parameters[name])}`);
  return [
    `sweep ${id}: ${sweep.name}, ${sweep.method}; ${countWords(sweep, plan)}; a dry run, nothing is trained`,
    `experiment  ${sweep.base.file}`,
    ...constants.map((text, index) => (index === 0 ? "in all" : "").padEnd(12) + text),
    ...(sweep.removed.length > 0 ? [`without     ${sweep.removed.join(" ")}`] : []),
    "",
    ...table,
    ...leftOut(plan),
  ];
}

type Counts = Pick<ReturnType<typeof planTrials>, "configurations" | "trials" | "known" | "first">;

function countWords({ seeds }: Sweep, { configurations, trials }: Counts): string {
  if (configurations === Number.POSITIVE_INFINITY) return "trials until it is stopped";
  if (seeds.length <= 1) return plural(trials, "trial");
  return `${plural(configurations, "configuration")} with ${seeds.length} seeds each: ${plural(trials, "trial")}`;
}

function leftOut({ configurations, trials, known, first }: Counts): string[] {
  if (known < configurations && first.length >= known)
    return ["", "what is tried after these follows from what they come to"];
  const rest = trials - first.length;
  if (rest === Number.POSITIVE_INFINITY) return ["", "and so on"];
  return rest > 0 ? ["", `and ${rest} more`] : [];
}
