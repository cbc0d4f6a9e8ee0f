// A page of `hueristic report`, made for a browser that can ask for its pictures: none is encoded, all are shown.

import { shellQuote } from "../report/format.ts";
import { html } from "../report/html.ts";
import type { ShownContent } from "../report/page-html.ts";
import { choosePage, pageOf } from "../report/pages/page-of.ts";
import { readReportRuns } from "../report/read-report-runs.ts";
import { noThinning } from "../report/sample-grid.ts";
import type { Store } from "../store/open-store.ts";
import { addressOf, type ReportRequest } from "./report-request.ts";
import type { ServedPage } from "./served-page.ts";

/** Throws UserError for a page that cannot show these runs. */
export function reportPage(store: Store, request: ReportRequest, ids: readonly string[]): ServedPage {
  const input = { runs: readReportRuns(store, ids), sweep: null };
  const kind = request.page ?? choosePage(input);
  const content: ShownContent = pageOf(kind, input, noThinning);
  const names = [...request.refs, ...(request.sweep === null ? [] : [request.sweep])].map(shellQuote);
  return {
    content,
    events: addressOf("/events", request),
    foot: html`<p>Shown by <code>hueristic serve</code>, as the store has it. A file to pass on: <code>hueristic report ${names.join(" ")} --page ${kind}</code></p>`,
  };
}
