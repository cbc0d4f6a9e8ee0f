// The page on which a person judges pairs of pictures. Its screens stand in it from the start; the script shows one at a time.

import { plural } from "../../runs/format/words.ts";
import type { StudyQuestion } from "../../store/study-rows.ts";
import { type Html, html } from "../html.ts";
import type { PageAssets } from "../page-html.ts";
import { singlePageHtml } from "../single-page.ts";
import type { JudgePageData } from "./data.ts";

type Words = { readonly title: string; readonly lead: string; readonly task: string };

const words: Readonly<Record<StudyQuestion, Words>> = {
  real: {
    title: "Real or colored?",
    lead: "Pairs of one photograph: one as it was taken, one whose colors a computer program has made up.",
    task: "Point at the one whose colors are made up. Where you cannot tell, guess.",
  },
  better: {
    title: "Which looks more natural?",
    lead: "Pairs of one photograph in different colors. Some or all of them a computer program has made up.",
    task: "Point at the one whose colors look more natural. Where you cannot tell, guess.",
  },
};

/** What a study asks, as its pages are titled. */
export function studyTitle(question: StudyQuestion): string {
  return words[question].title;
}

/** `foot` says where the page comes from. */
export function judgeHtml(data: JudgePageData, assets: PageAssets, foot: Html): string {
  const { title, lead } = words[data.question];
  return singlePageHtml(
    {
      mark: "Hueristic judge",
      title,
      lead: html`<p class="lead" data-lead>${lead}</p>`,
      main: html`${introScreen(data)}${pairScreen()}${readyScreen(data)}${endScreen(data)}`,
      foot: html`<noscript><p>This page needs its script: open it in a browser.</p></noscript>
<p data-foot>Study ${data.study}, ${foot}</p>`,
      data,
      isLive: data.sendTo !== null,
    },
    assets,
  );
}

function introScreen({ question, shownMs, practice, pairs, sendTo }: JudgePageData): Html {
  const shown =
    shownMs === null
      ? "Take the time you need, but not much more."
      : `Each pair is shown for ${secondsText(shownMs)}; then choose, without hurry.`;
  return html`<section data-screen="intro">
<ol class="steps">
<li>${words[question].task}</li>
<li>${shown}</li>
<li>Keys <kbd>←</kbd> and <kbd>→</kbd> (or <kbd>A</kbd> and <kbd>B</kbd>), or touch the picture or its place.</li>
<li>First ${practice.length} pairs to practice, which tell you the answer; then ${pairs.length} that do not. It takes about ${minutesText(pairs.length)}.</li>
<li>${sendTo === null ? "At the end you get a short file to send back." : "At the end your answers go to hueristic serve, by themselves."}</li>
</ol>
<p><label class="field">Your name, if you like <input type="text" data-name maxlength="60" autocomplete="name" spellcheck="false"></label></p>
<p><button type="button" class="plain start" data-start>Start <kbd>Space</kbd></button></p>
</section>`;
}

function pairScreen(): Html {
  const side = (name: string, at: number) =>
    html`<button type="button" data-side="${at}" aria-label="${name} picture"><img alt="" draggable="false" decoding="sync"></button>`;
  return html`<section data-screen="pair" hidden>
<p class="soft small" data-progress></p>
<div class="pair" data-pair data-phase="blank">${side("Left", 0)}${side("Right", 1)}</div>
<p class="say" data-say role="status"></p>
<p><button type="button" class="plain start" data-next hidden>Next <kbd>Space</kbd></button></p>
</section>`;
}

function readyScreen({ pairs }: JudgePageData): Html {
  return html`<section data-screen="ready" hidden>
<p class="lead">That was the practice. Now ${pairs.length} pairs without a word about the answers.</p>
<p><button type="button" class="plain start" data-go>Go <kbd>Space</kbd></button></p>
</section>`;
}

function endScreen({ sendTo }: JudgePageData): Html {
  const byHand =
    sendTo === null
      ? html`<p class="lead">Thank you, that was all. Please send your answers back to who sent you this page:</p>`
      : html`<p class="lead" data-sent role="status">Thank you, that was all. Sending your answers …</p>`;
  return html`<section data-screen="end" hidden>
${byHand}
<div data-by-hand${sendTo !== null && html` hidden`}>
<p class="bar"><a class="plain start" data-download>Save the file</a><button type="button" class="plain" data-copy>Copy its text</button><span class="soft" data-copied role="status"></span></p>
<textarea data-answers readonly rows="8" aria-label="Your answers" spellcheck="false"></textarea>
</div>
</section>`;
}

/** Four and a half seconds a pair. */
function minutesText(pairs: number): string {
  return plural(Math.max(1, Math.round((4.5 * pairs) / 60)), "minute");
}

function secondsText(ms: number): string {
  return ms === 1000 ? "one second" : `${ms / 1000} seconds`;
}
