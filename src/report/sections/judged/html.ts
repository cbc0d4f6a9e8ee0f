// What people made of the colors: fooled or preferred, how sure that is, and whether metrics say the same.

import type { Agreement } from "../../../judge/agreement.ts";
import type { PersonScore } from "../../../judge/score-study.ts";
import { formatDigits, formatShare } from "../../../runs/format/numbers.ts";
import { plural } from "../../../runs/format/words.ts";
import type { Interval } from "../../../statistics/interval.ts";
import type { Share } from "../../../statistics/share-interval.ts";
import { details, plainTable } from "../../elements.ts";
import { type Html, html } from "../../html.ts";
import { studyTitle } from "../../judge/judge-html.ts";
import { section } from "../../section.ts";
import { judgedStudies, type NetworkRow, type StudyModel } from "./model.ts";

export const judged = section({
  id: "judged",
  title: "Judged by people",
  model: judgedStudies,
  html: (studies) => html`${studies.map(studyHtml)}`,
});

function studyHtml(model: StudyModel): Html {
  const { study, people, pairs, networks, controls } = model;
  const isReal = study.question === "real";
  const doubtful = people.filter(({ isDoubtful }) => isDoubtful).length;
  return html`<h3>${studyTitle(study.question)}</h3>
<p>${peopleWords(people.length)} judged ${plural(pairs, "pair")} of <bdi>${study.set}</bdi>, ${shownWords(study.shownMs)}. ${
    isReal
      ? "Fooled is how often the network's colors were taken for the photograph's: 50 % where nobody can tell."
      : "Chosen is how often the network's picture was found more natural than another network's of the same photograph."
  }</p>
<div class="card"><div class="scroll" tabindex="0" role="region" aria-label="Networks as people judged them"><table class="numbers judged">
<thead><tr><th scope="col">network</th><th scope="col">${isReal ? "fooled" : "chosen"}</th><th scope="col">95 % interval</th><th scope="col">answers</th>${!isReal && html`<th scope="col">strength (Bradley-Terry)</th>`}${networks[0]?.withoutDoubtful && html`<th scope="col">without those marked</th>`}</tr></thead>
<tbody>${networks.map((row) => networkHtml(row, isReal))}</tbody>
</table></div>
<ul class="notes"><li>${intervalWords(people.length)}</li>${isReal && networks.length > 1 && html`<li>Every photograph was shown with one network only: what chance there is in which got which is in the intervals.</li>`}${!isReal && html`<li>${strengthWords(networks)}</li>`}<li>Controls, a photograph against itself in opposite colors: ${controls.count} of ${controls.of} right, ${shareWords(controls)}.${doubtful > 0 && ` ${peopleWords(doubtful)} had fewer than three quarters of them right and ${doubtful === 1 ? "is" : "are"} marked below; nobody's answers are left out${networks[0]?.withoutDoubtful ? ", but in the last column" : ""}.`}</li></ul></div>
${details("People", peopleTable(people))}
${agreementHtml(model)}`;
}

function networkHtml({ label, share, strength, withoutDoubtful }: NetworkRow, isReal: boolean): Html {
  return html`<tr><th scope="row"><bdi>${label}</bdi></th><td>${formatShare(share.share)}</td><td>${intervalBar(share)} ${rangeWords(share)}</td><td>${share.count} of ${share.of}</td>${!isReal && html`<td>${strength === null ? "–" : `${signed(strength.strength)} (${signed(strength.low)} to ${signed(strength.high)})`}</td>`}${withoutDoubtful && html`<td>${shareWords(withoutDoubtful)}</td>`}</tr>`;
}

/** From 0 to 1, with a mark at one half. */
function intervalBar({ share, low, high }: Share): Html {
  const at = (value: number) => (180 * value).toFixed(1);
  return html`<svg viewBox="0 0 180 12" preserveAspectRatio="none" aria-hidden="true"><rect width="180" height="12" rx="3" class="empty"/><line x1="90" x2="90" y1="0" y2="12" class="half"/><rect x="${at(low)}" y="4" width="${at(high - low)}" height="4" class="range"/><rect x="${(180 * share - 1.5).toFixed(1)}" y="1" width="3" height="10" class="point"/></svg>`;
}

function agreementHtml({ study, agreements }: StudyModel): Html {
  if (agreements.length === 0)
    return html`<p class="soft">No metric was measured on these images at these checkpoints; <code>hueristic evaluate</code> does it afterwards, and this page then says whether people agree with it.</p>`;
  const isReal = study.question === "real";
  return html`<h4>Do metrics say the same, image by image?</h4>
${plainTable(
  ["metric", "rank correlation", "95 % interval", "pairs", ...(isReal ? [] : ["same preference"])],
  agreements.map((agreement) => agreementRow(agreement)),
)}
<p class="soft small">Spearman's rank correlation of ${
    isReal
      ? "how many people a picture fooled with the metric of that picture"
      : "how many people chose a network's picture with the difference of the two networks' metrics"
  }; above 0 where people and metric prefer the same, whichever direction of the metric is the better one. The interval takes pairs as independent.</p>`;
}

function agreementRow({ title, correlation, pairs, same }: Agreement): string[] {
  const interval = correlation?.interval;
  return [
    title,
    correlation === null ? "–" : signed(correlation.rho),
    interval ? `${signed(interval.low)} to ${signed(interval.high)}` : "–",
    String(pairs),
    ...(same === null ? [] : [`${same.count} of ${same.of}`]),
  ];
}

function peopleTable(people: readonly PersonScore[]): Html {
  return plainTable(
    ["person", "controls right", "median time", ""],
    people.map(({ id, name, controls, medianMs, isDoubtful }) => [
      name === "" ? id : `${name} (${id})`,
      `${controls.right} of ${controls.of}`,
      `${formatDigits(medianMs / 1000, 3)} s`,
      isDoubtful ? "fails the controls" : "",
    ]),
  );
}

function peopleWords(count: number): string {
  return count === 1 ? "1 person" : `${count} people`;
}

function shownWords(shownMs: number | null): string {
  return shownMs === null ? "each shown until it was answered" : `each shown for ${shownMs / 1000} s`;
}

function intervalWords(people: number): string {
  return people === 1
    ? "Wilson's interval: it says how much chance there is in these images, for this one person, and nothing about other people."
    : "Each end of an interval is that of the wider one of two: a bootstrap that draws people and images (Owen 2007), since answers of one person, or about one image, hang together; and Wilson's over all answers, which holds for shares near 0 and 1 too.";
}

function strengthWords(networks: readonly NetworkRow[]): string {
  return networks.some(({ strength }) => strength !== null)
    ? "Strengths are log odds against an average network (Bradley, Terry 1952): 0.7 more is chosen twice as often as not. Their intervals (inverse Fisher information) take all answers as independent, which makes them somewhat narrow."
    : "No strengths of Bradley and Terry: some networks were never, or always, chosen against all others, and no finite strength explains that best.";
}

function shareWords(share: Share): string {
  return `${formatShare(share.share)} (${rangeWords(share)})`;
}

function rangeWords({ low, high }: Interval): string {
  return `${formatShare(low)} to ${formatShare(high)}`;
}

function signed(value: number): string {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`;
}
