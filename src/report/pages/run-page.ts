// Everything about one run.

import { badge, leadHtml } from "../elements.ts";
import { html } from "../html.ts";
import { statusOf, summarySentence, trialWords } from "../run-words.ts";
import { again } from "../sections/again/html.ts";
import { curves } from "../sections/curves/html.ts";
import { emergence } from "../sections/emergence/html.ts";
import { events } from "../sections/events/html.ts";
import { health } from "../sections/health/html.ts";
import { judged } from "../sections/judged/html.ts";
import { provenance } from "../sections/provenance/html.ts";
import { samples } from "../sections/samples/html.ts";
import { system } from "../sections/system/html.ts";
import type { Page } from "./page.ts";

export const runPage: Page = {
  kind: "run",
  names: ([data]) => [data!.run.name],
  heading({ runs: [data] }) {
    const { name, experiment, error } = data!.run;
    const trial = trialWords(data!);
    return {
      title: name,
      badge: badge(statusOf(data!)),
      lead: html`${leadHtml(summarySentence(data!))}${trial !== null && html`<p><bdi>${trial}.</bdi></p>`}${experiment.description !== "" && html`<p><bdi>${experiment.description}</bdi></p>`}${error !== null && html`<pre class="error">${error}</pre>`}`,
    };
  },
  sections: () => [
    curves({ oneRun: true }),
    health(),
    samples({ everyEpoch: true }),
    judged(),
    emergence({ oneRun: true }),
    system(),
    events(),
    provenance(),
    again(),
  ],
};
