// A page of photographs before and after, with the divider of the reports' viewer; it needs no other file.

import { leadHtml } from "../elements.ts";
import { html } from "../html.ts";
import type { PageAssets } from "../page-html.ts";
import { singlePageHtml } from "../single-page.ts";

export type SheetPicture = { readonly mime: string; readonly bytes: Uint8Array };

export type SheetPhotograph = {
  readonly name: string;
  readonly original: SheetPicture;
  /** `by` is what colored it. */
  readonly colored: readonly { readonly by: string; readonly picture: SheetPicture }[];
};

export function sheetHtml(
  photographs: readonly SheetPhotograph[],
  assets: PageAssets,
  { writtenAt }: { readonly writtenAt: string },
): string {
  return singlePageHtml(
    {
      mark: "Hueristic colorize",
      title: "Before and after",
      lead: leadHtml(
        "Original to the left of the line, colored to the right. Drag the line, or reach it by Tab and use the arrow keys.",
      ),
      main: html`${photographs.map(photographHtml)}`,
      foot: html`<p>Written ${writtenAt} by Hueristic. Pictures are smaller here than in their files. This page is complete: it needs no network and no other file.</p>`,
    },
    assets,
  );
}

function photographHtml({ name, original, colored }: SheetPhotograph) {
  return html`
<section class="photograph" data-photograph>
<h2><bdi>${name}</bdi></h2>
<div class="sides">${colored.map(
    ({ by, picture }, index) => html`<figure>
<div class="stage" data-stage data-mode="divide">
<div class="pane" data-pane="left"><img alt="Original of ${name}"${index === 0 && html` src="${urlOf(original)}"`}></div>
<div class="pane" data-pane="right"><img alt="${name}, colored by ${by}" src="${urlOf(picture)}"></div>
<div class="handle" data-handle role="slider" tabindex="0" aria-label="Divider" aria-valuemin="0" aria-valuemax="100" aria-valuenow="50"></div>
</div>
<figcaption><bdi>${by}</bdi></figcaption>
</figure>`,
  )}</div>
<div class="bar controls" data-controls><div class="walk"><button type="button" class="plain" data-zoom="0.8" aria-label="Smaller">−</button><button type="button" class="plain" data-zoom="1.25" aria-label="Larger">+</button><button type="button" class="plain" data-zoom="0">Whole</button></div></div>
</section>`;
}

function urlOf({ mime, bytes }: SheetPicture): string {
  return `data:${mime};base64,${Buffer.from(bytes).toString("base64")}`;
}
