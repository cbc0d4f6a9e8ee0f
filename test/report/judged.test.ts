// The section of what people judged: names, marks, and what it says where there is nothing to say.

import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { pageContext } from "../../src/report/page-context.ts";
import { pictureNumbers } from "../../src/report/pictures/picture-numbers.ts";
import { readReportRuns } from "../../src/report/read-report-runs.ts";
import { judged } from "../../src/report/sections/judged/html.ts";
import type { Store } from "../../src/store/open-store.ts";
import type { Judge, StudyQuestion } from "../../src/store/study-rows.ts";
import { sampleStore } from "./sample-store.ts";

async function storeWithStudy(t: TestContext, question: StudyQuestion): Promise<Store> {
  const store = await sampleStore(t, { id: "aaaa", name: "first" }, { id: "bbbb", name: "<second>" });
  const test = (network: number, place: 0 | 1) => ({
    network,
    against: question === "better" ? 1 - network : null,
    place,
  });
  const control = { network: null, against: null, place: 0 } as const;
  store.saveStudy({
    id: "study1",
    question,
    set: "faces",
    fingerprint: "data-0",
    seed: 1,
    shownMs: question === "real" ? 500 : null,
    networks: [
      { runId: "aaaa", step: 40 },
      { runId: "bbbb", step: 20 },
    ],
    pairs: [test(0, 0), test(0, 1), test(1, 0), control].map((pair, at) => ({
      ...pair,
      id: String(at),
      index: at,
    })),
  });
  return store;
}

const judge = (id: string, pictures: readonly (0 | 1)[]): Judge => ({
  id,
  name: "",
  judgements: pictures.map((picture, at) => ({ pair: String(at), picture, ms: 1500 })),
});

/** Words of the section, without its markup; null where the page has none. */
function wordsOf(store: Store, ...runs: readonly string[]): string | null {
  const context = pageContext({ runs: readReportRuns(store, runs), sweep: null });
  const html = judged().build(context)?.render(pictureNumbers([])).body.html;
  return html?.replaceAll(/<[^>]*>/g, " ").replaceAll(/\s+/g, " ") ?? null;
}

test("real or colored: the best first, who fails the controls is marked and not left out", async (t) => {
  const store = await storeWithStudy(t, "real");
  assert.equal(wordsOf(store, "aaaa", "bbbb"), null);
  store.saveJudge("study1", judge("careful", [0, 1, 1, 0]));
  store.saveJudge("study1", judge("asleep", [1, 1, 1, 1]));
  const words = wordsOf(store, "aaaa", "bbbb")!;
  assert.match(words, /2 people judged 3 pairs of faces , each shown for 0\.5 s\./);
  assert.match(words, /&lt;second&gt;, epoch 2 100\.0 % .* first, epoch 4 25\.0 % .* 1 of 4 0\.0 % \(/);
  assert.match(
    words,
    /1 of 2 right, .* 1 person had fewer than three quarters of them right and is marked below/,
  );
  assert.match(words, /asleep 0 of 1 1\.5 s fails the controls careful 1 of 1 1\.5 s/);
  assert.match(words, /No metric was measured on these images/);
  // On the page of one run the other one is there by name and id.
  assert.match(wordsOf(store, "aaaa")!, /&lt;second&gt; \(bbbb\), epoch 2 100\.0 %/);
});

test("which looks more natural: strengths where they are finite, and a word where they are not", async (t) => {
  const store = await storeWithStudy(t, "better");
  // The first network is chosen on all pairs.
  store.saveJudge("study1", judge("one", [0, 1, 1, 1]));
  const always = wordsOf(store, "aaaa", "bbbb")!;
  assert.match(always, /1 person judged 3 pairs of faces , each shown until it was answered\./);
  assert.match(always, /first, epoch 4 100\.0 % .* 3 of 3 – &lt;second&gt;, epoch 2 0\.0 % .* 0 of 3 –/);
  assert.match(always, /for this one person, and nothing about other people/);
  assert.match(always, /No strengths of Bradley and Terry/);
  store.saveJudge("study1", judge("two", [1, 0, 1, 1]));
  const mixed = wordsOf(store, "aaaa", "bbbb")!;
  // 4 of 6: half of log 2 above the mean, give or take half of 1.96 / sqrt(6 * 4/6 * 2/6).
  assert.match(mixed, /first, epoch 4 66\.7 % .* 4 of 6 \+0\.35 \(−0\.50 to \+1\.20\)/);
});
