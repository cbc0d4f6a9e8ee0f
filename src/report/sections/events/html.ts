import { formatCount } from "../../../runs/format/numbers.ts";
import { formatTime } from "../../../runs/format/times.ts";
import { html } from "../../html.ts";
import { section } from "../../section.ts";

/** Of more events than this the newest are shown. */
const mostShown = 200;

export const events = section({
  id: "events",
  title: "Events",
  model({ runs }) {
    const all = runs[0]?.events ?? [];
    return all.length === 0 ? null : { shown: all.slice(-mostShown), earlier: all.length - mostShown };
  },
  html: ({ shown, earlier }) =>
    html`${earlier > 0 && html`<p class="soft">${formatCount(earlier)} earlier ones are not shown.</p>`}
<div class="scroll" tabindex="0"><table class="numbers">
<thead><tr><th scope="col">time</th><th scope="col">level</th><th scope="col">kind</th><th scope="col">message</th></tr></thead>
<tbody>${shown.map(({ at, level, kind, message }) => html`<tr><td>${formatTime(at)}</td><td>${level}</td><td>${kind}</td><th scope="row"><bdi>${message}</bdi></th></tr>`)}</tbody>
</table></div>`,
});
