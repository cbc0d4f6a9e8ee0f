// A sweep: which parameters matter, which values are good, what every trial came to.

import { isBetter } from "../../runs/best.ts";
import { formatRepeats } from "../../runs/format/numbers.ts";
import { plural } from "../../runs/format/words.ts";
import { leadHtml } from "../elements.ts";
import { html } from "../html.ts";
import { about } from "../sections/about/html.ts";
import { configurations } from "../sections/configurations/html.ts";
import { curves } from "../sections/curves/html.ts";
import { differences } from "../sections/differences/html.ts";
import { heat } from "../sections/heat/html.ts";
import { importance } from "../sections/importance/html.ts";
import { judged } from "../sections/judged/html.ts";
import { parallel } from "../sections/parallel/html.ts";
import { samples } from "../sections/samples/html.ts";
import { table } from "../sections/table/html.ts";
import { trials } from "../sections/trials/html.ts";
import {
  type Configuration,
  configurationsOf,
  type SweepInput,
  shortName,
  trialStates,
  trialsOfRuns,
} from "../sweep/trials.ts";
import type { Page } from "./page.ts";

/** Sample grids of hundreds of trials are nothing to look at: the best ones' are. */
const mostSampled = 8;

export const sweepPage: Page = {
  kind: "sweep",
  complete: ({ runs, sweep }) => ({
    runs,
    sweep: sweep ?? trialsOfRuns(runs, `${plural(runs.length, "run")} as a sweep`),
  }),
  heading({ sweep }) {
    const { name, description } = sweep!;
    return {
      title: name,
      lead: html`${leadHtml(leadOf(sweep!))}${description !== "" && html`<p><bdi>${description}</bdi></p>`}`,
    };
  },
  sections: ({ sweep }) => [
    parallel(),
    importance(),
    heat(),
    configurations(),
    differences(),
    curves(),
    sweep!.isStored ? trials() : table(),
    samples({ ofBest: mostSampled }),
    judged(),
    about(),
  ],
};

function leadOf(sweep: SweepInput): string {
  const { trials, values, parameters, method } = sweep;
  const states = trialStates.flatMap((state) => {
    const count = trials.filter((trial) => trial.state === state).length;
    return count === 0 ? [] : [`${count} ${state}`];
  });
  const searched = method === "" ? "" : `${method}. `;
  return `${searched}${plural(trials.length, "trial")} (${states.join(", ")}) over ${plural(parameters.length, "parameter")}, judged by ${values[0]!.name}${bestWords(sweep)}.`;
}

/** ": 0.0323 ± 0.0003 at best, with adam, 0.0003, 16". */
function bestWords(sweep: SweepInput): string {
  const { better } = sweep.values[0]!;
  const compared = configurationsOf(sweep).filter(({ means }) => means[0] != null);
  const best = compared.reduce<Configuration | null>(
    (found, each) => (found === null || isBetter(each.means[0]!, found.means[0]!, better) ? each : found),
    null,
  );
  if (best === null || better === "none") return "";
  const settings = sweep.parameters.map(
    (name, index) => `${shortName(name)} ${best.parameters[index] ?? "–"}`,
  );
  const unit = sweep.values[0]!.unit === "" ? "" : ` ${sweep.values[0]!.unit}`;
  return `: at best ${formatRepeats(best.values[0]!)}${unit} with ${settings.join(", ")}`;
}
