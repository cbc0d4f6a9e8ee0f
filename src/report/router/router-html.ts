// A page about a router: against each of its networks, what its classifier takes for what, which rule decided how often, and
// pictures. It needs no script and no other file.

import type { MeasuredMethod, MeasuredRouter, RoutedImage } from "../../router/measure-router.ts";
import { formatRealness } from "../../router/realness-words.ts";
import { isBetter } from "../../runs/best.ts";
import { formatNumber, formatShare } from "../../runs/format/numbers.ts";
import { plural } from "../../runs/format/words.ts";
import { betterWords } from "../better-words.ts";
import { facts, leadHtml, plainTable } from "../elements.ts";
import { type Html, html } from "../html.ts";
import type { PageAssets } from "../page-html.ts";
import { differencesHtml } from "../sections/differences/html.ts";
import { singlePageHtml } from "../single-page.ts";
import { routerDifferences } from "./differences.ts";
import { methodName } from "./words.ts";

export type RouterPageFrame = { readonly writtenAt: string };

/** An image that is shown: addresses of its picture and of what each network made of it, in the order of `networks`. */
export type ShownImage = Pick<RoutedImage, "id" | "class" | "route"> & {
  readonly real: string;
  readonly byNetwork: readonly string[];
};

export function routerHtml(
  measured: MeasuredRouter,
  shown: readonly ShownImage[],
  assets: PageAssets,
  { writtenAt }: RouterPageFrame,
): string {
  const { router, images } = measured;
  const differences = routerDifferences(measured);
  const ofClasses = router.specialists.map(
    ({ class: label }, place) => `${images.filter((image) => image.class === place).length} ${label}`,
  );
  return singlePageHtml(
    {
      mark: "Hueristic router",
      title: `Router ${router.name}`,
      lead: leadHtml(
        `${plural(router.specialists.length, "specialist")} and a classifier that chooses among them, tried on ${plural(images.length, "image")} that no network was trained on and nothing was set with: ${ofClasses.join(", ")}. Means are of all of them, so that a class with more images counts more.`,
      ),
      main: html`${[
        section("networks", "Router and networks", methodsHtml(measured)),
        section("differences", "More than chance?", differencesHtml(differences)),
        section("rules", "Who decided", rulesHtml(measured)),
        section("confusion", "What the classifier takes for what", confusionHtml(measured)),
        section("pictures", "Pictures", picturesHtml(measured, shown)),
        section("how", "How it chooses", howHtml(measured)),
      ]}
`,
      foot: html`<p>Written ${writtenAt} by Hueristic. This file is complete: it needs no network and no other file.</p>`,
    },
    assets,
  );
}

function section(id: string, title: string, body: Html): Html {
  return html`
<section id="${id}">
<h2>${title}</h2>
${body}
</section>`;
}

/** The oracle chooses by what nobody knows beforehand: it has no star. */
function methodsHtml({ measures, methods }: MeasuredRouter): Html {
  const isBest = (method: MeasuredMethod, name: string, at: number) => {
    const own = method.ofSet[name] ?? Number.NaN;
    const others = methods.filter((each) => each !== method && each.kind !== "oracle");
    const { better } = measures[at]!;
    return (
      method.kind !== "oracle" &&
      others.every((each) => isBetter(own, each.ofSet[name] ?? Number.NaN, better))
    );
  };
  return html`<div class="scroll" tabindex="0"><table class="numbers">
<thead><tr><th scope="col">colored by</th>${measures.map(({ title, unit, better, description }) => html`<th scope="col" title="${description}">${title}${unit !== "" && html` (${unit})`}<br>${betterWords(better)}</th>`)}</tr></thead>
<tbody>${methods.map(
    (method) =>
      html`<tr><th scope="row"><bdi>${methodName(method)}</bdi></th>${measures.map(({ name }, at) => {
        const value = method.ofSet[name];
        const text = value === undefined ? "–" : formatNumber(value);
        return html`<td>${value !== undefined && isBest(method, name, at) ? html`<span class="best">${text}</span>` : text}</td>`;
      })}</tr>`,
  )}</tbody>
</table></div>
<p class="soft small">All colored all images. The oracle takes the best specialist of every image by each measure for itself: no choice among these specialists can be better.</p>`;
}

function rulesHtml({ router, images }: MeasuredRouter): Html {
  const rows = [
    ...router.specialists.map(({ class: label }, place) => ({ label, place })),
    { label: "all", place: null },
  ];
  const cell = (rule: RoutedImage["route"]["rule"], place: number | null) => {
    const own = images.filter(
      (image) => image.route.rule === rule && (place === null || image.class === place),
    );
    const right = own.filter(({ route, class: own }) => route.place === own).length;
    return own.length === 0 ? "0" : `${own.length}, ${right} of them to its own network`;
  };
  return plainTable(
    ["images of", "by the classifier", "by the discriminators"],
    rows.map(({ label, place }) => [label, cell("classifier", place), cell("discriminators", place)]),
  );
}

function confusionHtml({ router, confusion }: MeasuredRouter): Html {
  const labels = router.specialists.map(({ class: label }) => label);
  return html`<div class="scroll" tabindex="0"><table class="numbers confusion">
<thead><tr><th scope="col">is ↓, most likely →</th>${labels.map((label) => html`<th scope="col"><bdi>${label}</bdi></th>`)}</tr></thead>
<tbody>${confusion.map((row, own) => {
    const total = row.reduce((a, b) => a + b, 0);
    return html`<tr><th scope="row"><bdi>${labels[own]}</bdi></th>${row.map((count, at) => html`<td${at === own && html` class="own"`}>${count}${total > 0 && html` <span class="soft">${formatShare(count / total)}</span>`}</td>`)}</tr>`;
  })}</tbody>
</table></div>
<p class="soft small">By the most likely class, whether the classifier is sure of it or not.</p>`;
}

function picturesHtml({ router }: MeasuredRouter, shown: readonly ShownImage[]): Html {
  const networks = [
    ...router.specialists.map(({ class: label }) => label),
    ...(router.general ? [router.general.name] : []),
  ];
  return html`<p class="soft small">The first images of each class and rule. What the router chose is framed. How real: in standard deviations above what the network makes of its own kind, by its own discriminator.</p>
<div class="scroll" tabindex="0"><table class="grid routed">
<thead><tr><td></td><th scope="col">photograph</th>${networks.map((name) => html`<th scope="col"><bdi>${name}</bdi></th>`)}<th scope="col">why</th></tr></thead>
<tbody>${shown.map(
    ({ id, class: own, route, real, byNetwork }) => html`
<tr><th scope="row"><bdi>${router.specialists[own]!.class}</bdi></th><td><img src="${real}" alt="${id}" width="96" height="96"></td>${byNetwork.map((url, at) => html`<td${at === route.place && html` class="chosen"`}><img src="${url}" alt="${id}, colored by ${networks[at]}" width="96" height="96"></td>`)}<td class="why">${whyHtml(router.specialists, route)}</td></tr>`,
  )}
</tbody></table></div>`;
}

function whyHtml(
  specialists: MeasuredRouter["router"]["specialists"],
  { shares, realness }: RoutedImage["route"],
): Html {
  const each = (values: Float64Array, text: (value: number) => string) =>
    specialists.map(({ class: label }, at) => `${label} ${text(values[at]!)}`).join(", ");
  return html`class: ${each(shares, (share) => formatShare(share))}${realness && html`<br>unsure; how real: ${each(realness, formatRealness)}`}`;
}

function howHtml({ router, description, notes }: MeasuredRouter): Html {
  const { classifier, specialists, general, threshold, measured, written } = router;
  const total = measured.images.reduce((a, b) => a + b, 0);
  const { share, sure, rightOfSure, unsure, rightOfUnsure } = threshold;
  return html`${facts([
    ["classifier", `run ${classifier.run} (${classifier.name}), epoch ${classifier.epoch}`],
    ...specialists.map(
      ({ class: label, run, name, epoch, calibration }) =>
        [
          label,
          `run ${run} (${name}), epoch ${epoch}; its discriminator finds a photograph more real than a coloring of its own in ${formatShare(calibration.auc)} of ${calibration.pictures} by ${calibration.pictures} pairs; mean logit of photographs ${formatNumber(calibration.realMean)}, of colorings ${formatNumber(calibration.mean)}, σ ${formatNumber(calibration.deviation)}`,
        ] as const,
    ),
    ...(general
      ? [["all classes", `run ${general.run} (${general.name}), epoch ${general.epoch}`] as const]
      : []),
    [
      "sure",
      `from a share of ${formatShare(share)} of the most likely class on, ${written.sure === null ? `set on ${total} other images so that most go to the network of their class` : `as its file says, tried on ${total} other images`}. ${sure} of them are sure, ${rightOfSure} of these right; of the other ${unsure} the discriminators have ${rightOfUnsure} right. The classifier alone has ${measured.rightByClassifier} right, the discriminators alone ${measured.rightByDiscriminators}.`,
    ],
    [
      "images",
      `${description.slice(0, description.indexOf(": "))}; half of those that are left, by the digests of their files; the other half set the numbers`,
    ],
    ...notes.map((note) => ["", note] as const),
  ])}`;
}
