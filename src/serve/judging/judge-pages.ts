// The studies of the store, and the page on which one is judged. Neither says whose the pictures are.

import { type Html, html } from "../../report/html.ts";
import type { JudgePageData } from "../../report/judge/data.ts";
import { judgeHtml, studyTitle } from "../../report/judge/judge-html.ts";
import { hasStudyFile, readStudyFile } from "../../report/judge/study-file.ts";
import { noData } from "../../report/page-data.ts";
import type { PageAssets } from "../../report/page-html.ts";
import { formatTime } from "../../runs/format/times.ts";
import { plural, shorten } from "../../runs/format/words.ts";
import type { Store } from "../../store/open-store.ts";
import type { StudySummary } from "../../store/study-rows.ts";
import type { ServedPage } from "../served-page.ts";

export function studiesPage(store: Store): ServedPage {
  const studies = store.listStudies();
  return {
    content: {
      kind: "message",
      title: "Judge pictures",
      isLarge: false,
      badge: null,
      lead:
        studies.length > 0
          ? html`<p class="lead">Pairs of pictures to judge by eye; it takes a few minutes. Your answers are stored here, once, and nothing tells you whose the pictures are.</p>`
          : html`<p class="lead">No study in <bdi>${store.folder}</bdi> yet. <code>hueristic judge</code> makes one.</p>`,
      sections:
        studies.length > 0
          ? [
              {
                id: "studies",
                title: "Studies",
                body: html`<ul class="links">${studies.map((study) => item(store, study))}</ul>`,
              },
            ]
          : [],
      feet: [],
      data: noData,
      hashes: [],
    },
    events: "",
    foot: html`<p>Shown by <code>hueristic serve</code>.</p>`,
  };
}

function item({ folder }: Store, { id, question, set, createdAt, tests, pairs, judges }: StudySummary): Html {
  const title = html`${studyTitle(question)} <bdi>${shorten(set, 40)}</bdi>`;
  const why =
    tests === 0
      ? ", whose pairs went with a purged run"
      : hasStudyFile(folder, id)
        ? null
        : ", whose pictures are in the file alone that was made then";
  return html`<li>${why === null ? html`<a href="/judge?study=${id}">${title}</a>` : title} <span class="soft">${id}, ${plural(pairs, "pair")}, made ${formatTime(createdAt)}, judged by ${judges === 0 ? "nobody yet" : judges === 1 ? "one person" : `${judges} people`}${why}</span></li>`;
}

/** null where there is no such study, or nothing of it to show. Throws UserError where its file cannot be read. */
export async function studyPage(store: Store, id: string, assets: PageAssets): Promise<string | null> {
  const study = store.study(id);
  // The store knows its name, so that no part of the address is a path.
  if (study === undefined || !hasStudyFile(store.folder, study.id)) return null;
  if (study.pairs.every(({ network }) => network === null)) return null;
  const data: JudgePageData = { ...(await readStudyFile(store.folder, study)), sendTo: "/judge" };
  return judgeHtml(
    data,
    assets,
    html`shown by <code>hueristic serve</code>, which takes the answers. <a href="/judge">All studies</a>`,
  );
}
