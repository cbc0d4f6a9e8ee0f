import { experimentToYaml } from "../../../experiment/text/experiment-to-yaml.ts";
import { details } from "../../elements.ts";
import { html } from "../../html.ts";
import { section } from "../../section.ts";
import { type Reproduction, reproduction } from "./model.ts";

export const again = section({
  id: "again",
  title: "Do it again",
  model: ({ runs }) => runs[0] ?? null,
  html: (data) =>
    html`${reproductionHtml(reproduction(data))}
${details("Configuration", html`<pre>${experimentToYaml(data.run.experiment)}</pre>`)}`,
});

export function reproductionHtml({ command, note }: Reproduction) {
  return html`<pre>${command.join("\n")}</pre>
${note !== null && html`<p class="soft">${note}</p>`}`;
}
