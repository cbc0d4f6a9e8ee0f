import { formatCount } from "../../../runs/format/numbers.ts";
import { details, facts, plainTable } from "../../elements.ts";
import { html } from "../../html.ts";
import type { ReportRun } from "../../read-report-runs.ts";
import { section } from "../../section.ts";
import { dataFacts, provenanceFacts } from "./model.ts";

/** More files than this are counted, not printed. */
const mostListed = 200;

export const provenance = section({
  id: "provenance",
  title: "Data and provenance",
  model: ({ runs }) => runs[0] ?? null,
  html: (data) => html`<div class="pair"><div><h3>Data</h3>${facts(dataFacts(data))}
${data.skipped.length > 0 && details(`${formatCount(data.skipped.length)} files left out, and why`, skippedHtml(data.skipped))}</div>
<div><h3>Provenance</h3>${facts(provenanceFacts(data))}</div></div>`,
});

function skippedHtml(skipped: ReportRun["skipped"]) {
  const listed = skipped.slice(0, mostListed).map(({ path, reason }) => [path, reason]);
  const rest = skipped.length - listed.length;
  return html`${plainTable(["file", "reason"], listed)}${rest > 0 && html`<p class="soft">and ${formatCount(rest)} more.</p>`}`;
}
