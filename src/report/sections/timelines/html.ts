// When which color emerged, as bars over epochs: one picture for each run, the same axis for all.

import { familyName, type hueFamilies } from "../../../color/hue-families.ts";
import { html } from "../../html.ts";
import type { ReportRun } from "../../read-report-runs.ts";
import { type Figure, section } from "../../section.ts";
import { emergenceOf } from "../emergence/model.ts";

/** A color for each family of colors; the name stands beside it. */
const fills: Readonly<Record<(typeof hueFamilies)[number], string>> = {
  skin_brown: "#b07d4f",
  red: "#c8302f",
  orange: "#e6801a",
  yellow: "#d9b800",
  green: "#3b9a3f",
  cyan: "#1fa7a7",
  blue: "#2f6fd0",
  purple: "#9b4fc0",
};

const left = 96;
const width = 460;
const line = 22;

type Timeline = Figure & { readonly run: string; readonly dataset: string };

export const timelines = section({
  id: "emergence",
  title: "When which color emerges",
  model: ({ runs, names }) => timelinesOf(runs, names),
  html: (drawn) =>
    html`<p class="soft">A bar begins at the first epoch from which on the output has at least half of a color's real share; a ring is a color that has not come yet. What is not drawn is too rare in the real images to say.</p><div class="timelines">${drawn.map(
      ({
        run,
        dataset,
        svg,
      }) => html`<figure class="card"><figcaption><b><bdi>${run}</bdi></b> <span class="soft"><bdi>${dataset}</bdi></span></figcaption>
${svg}</figure>`,
    )}</div>`,
  figures: (drawn) => drawn,
});

/** null where no run measured colors. */
function timelinesOf(runs: readonly ReportRun[], names: readonly string[]): Timeline[] | null {
  const measured = runs.flatMap((data, at) => {
    const emergence = emergenceOf(data);
    return emergence === null
      ? []
      : [{ name: names[at]!, dataset: data.dataset?.description ?? "", emergence }];
  });
  if (measured.length === 0) return null;
  const last = Math.max(1, ...measured.map(({ emergence }) => emergence.epoch));
  const x = (epoch: number) => left + (epoch / last) * (width - left - 14);
  return measured.map(({ name, dataset, emergence }) => {
    const families = emergence.families.filter(({ judged }) => judged);
    const height = families.length * line + 30;
    const words = families.map(
      ({ family, since }) => `${familyName(family)} ${since === null ? "not yet" : `at epoch ${since}`}`,
    );
    const svg = html`<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${name}: ${words.join(", ")}" class="timeline">
${families.map(({ family, since }, row) => {
  const y = row * line + 4;
  return html`<text x="${left - 8}" y="${y + 12}" text-anchor="end" class="tick">${familyName(family)}</text>${since === null ? html`<circle cx="${x(emergence.epoch)}" cy="${y + 8}" r="5" fill="none" stroke="${fills[family]}" stroke-width="2"/>` : html`<rect x="${x(since)}" y="${y}" width="${Math.max(4, x(emergence.epoch) - x(since))}" height="16" rx="4" fill="${fills[family]}"/>`}`;
})}
<line x1="${left}" x2="${width - 14}" y1="${height - 22}" y2="${height - 22}"/>
${[0, last].map((epoch) => html`<text x="${x(epoch)}" y="${height - 6}" text-anchor="middle" class="tick">${epoch === 0 ? "epoch 0" : epoch}</text>`)}
</svg>`;
    return { name: `emergence-${name}`, svg, run: name, dataset };
  });
}
