// A page of photographs before and after, with the divider of the reports' viewer; it needs no other file.

import { leadHtml } from "../elements.ts";
import { html } from "../html.ts";
import type { PageAssets } from "../page-html.ts";
import { singlePageHtml } from "../single-page.ts";
import { sideHtml, zoomHtml } from "./side-html.ts";

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
<div class="sides">${colored.map(({ by, picture }, index) =>
    sideHtml({
      original: { alt: `Original of ${name}`, src: index === 0 ? urlOf(original) : null },
      colored: { alt: `${name}, colored by ${by}`, src: urlOf(picture) },
      caption: html`<bdi>${by}</bdi>`,
    }),
  )}</div>
${zoomHtml}
</section>`;
}

function urlOf({ mime, bytes }: SheetPicture): string {
  return `data:${mime};base64,${Buffer.from(bytes).toString("base64")}`;
}
