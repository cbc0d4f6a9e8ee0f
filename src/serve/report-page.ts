// A page of `hueristic report`, made for a browser that can ask for its pictures: none is encoded, all are shown.

import { html } from "../report/html.ts";
import { choosePage, pageOf } from "../report/pages/page-of.ts";
import { noThinning } from "../report/pictures/thinning.ts";
import { readReportRuns } from "../report/read-report-runs.ts";
import { sweepInput } from "../report/sweep/stored-sweep.ts";
import { shellWord } from "../runs/format/words.ts";
import type { Store } from "../store/open-store.ts";
import { addressOf, type ReportRequest, type Target } from "./report-request.ts";
import type { ServedPage } from "./served-page.ts";

/** Throws UserError for a page that cannot show these runs. */
export function reportPage(store: Store, request: ReportRequest, target: Target): ServedPage {
  const { runIds, sweep } = target;
  // Trials that failed before they had a run are something to show as well.
  const runs = sweep !== null && runIds.length === 0 ? [] : readReportRuns(store, runIds);
  const input = { runs, sweep: sweep && sweepInput(sweep, runs) };
  const kind = request.page ?? choosePage(input);
  const { content } = pageOf(kind, input).show(noThinning);
  const names = [...request.refs, ...(request.sweep === null ? [] : [request.sweep])].map(shellWord);
  return {
    content,
    events: addressOf("/events", request),
    foot: html`<p>Shown by <code>hueristic serve</code>, as the store has it. A file to pass on: <code>hueristic report ${names.join(" ")}${request.sweep === null && ` --page ${kind}`}</code></p>`,
  };
}
