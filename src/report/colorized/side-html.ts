// One original under its colored picture, with the divider of the reports' viewer (samples/client/stage.ts moves it).

import { type Html, html } from "../html.ts";

type Shown = {
  readonly alt: string;
  /** null where the script sets it. */
  readonly src: string | null;
};

export function sideHtml({
  original,
  colored,
  caption,
}: {
  readonly original: Shown;
  readonly colored: Shown;
  readonly caption: Html;
}): Html {
  return html`<figure>
<div class="stage" data-stage data-mode="divide">
<div class="pane" data-pane="left">${imageHtml(original)}</div>
<div class="pane" data-pane="right">${imageHtml(colored)}</div>
<div class="handle" data-handle role="slider" tabindex="0" aria-label="Divider" aria-valuemin="0" aria-valuemax="100" aria-valuenow="50"></div>
</div>
<figcaption>${caption}</figcaption>
</figure>`;
}

function imageHtml({ alt, src }: Shown): Html {
  return html`<img alt="${alt}"${src !== null && html` src="${src}"`}>`;
}

/** Enlarges all that stand beside each other. */
export const zoomHtml = html`<div class="bar controls" data-controls><div class="walk"><button type="button" class="plain" data-zoom="0.8" aria-label="Smaller">−</button><button type="button" class="plain" data-zoom="1.25" aria-label="Larger">+</button><button type="button" class="plain" data-zoom="0">Whole</button></div></div>`;
