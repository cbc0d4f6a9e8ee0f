// Several runs side by side.

import { plural } from "../../runs/format/words.ts";
import { leadHtml } from "../elements.ts";
import type { PageContext } from "../page-context.ts";
import { about } from "../sections/about/html.ts";
import { curves } from "../sections/curves/html.ts";
import { differences } from "../sections/differences/html.ts";
import { emergence } from "../sections/emergence/html.ts";
import { judged } from "../sections/judged/html.ts";
import { samples } from "../sections/samples/html.ts";
import { table } from "../sections/table/html.ts";
import type { Page } from "./page.ts";

export const runsPage: Page = {
  kind: "runs",
  heading: (context) => ({
    title: `${plural(context.runs.length, "run")} compared`,
    lead: leadHtml(leadOf(context)),
  }),
  sections: () => [curves(), table(), differences(), samples(), judged(), emergence(), about()],
};

function leadOf({ runs, groups }: PageContext): string {
  const models = new Set(runs.map(({ run }) => run.experiment.model.kind));
  const datasets = new Set(runs.map(({ run }) => run.datasetFingerprint));
  const finished = runs.filter(({ run }) => run.status === "FINISHED").length;
  const seeds =
    groups.length < runs.length ? `, ${plural(groups.length, "configuration")} with one or more seeds` : "";
  return `${[...models].join(", ")} on ${plural(datasets.size, "set")} of images${seeds}; ${finished} of ${runs.length} finished.`;
}
