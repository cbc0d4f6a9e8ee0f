// hueristic judge from a trained run to the report: a page without its key, judged in a real browser, answers collected.

import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import Database from "better-sqlite3";
import type { Page } from "playwright-core";
import sharp from "sharp";
import { answersText } from "../../src/judge/answers.ts";
import { oppositeColors } from "../../src/judge/opposite-colors.ts";
import { rightPicture } from "../../src/judge/right-picture.ts";
import { scoreControls, scoreNetworks } from "../../src/judge/score-study.ts";
import { silent } from "../../src/output.ts";
import type { JudgePageData } from "../../src/report/judge/data.ts";
import { runExperiment } from "../../src/runner/run-experiment.ts";
import { startServer } from "../../src/serve/start-server.ts";
import { openStore } from "../../src/store/open-store.ts";
import { eventually, launched, noBrowser, opened, requireClean } from "../report/browser.ts";
import { smallExperiment } from "../runner/small-experiment.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { callCli } from "./call-cli.ts";

/** Of a run whose sample grids have every unseen image. */
async function trained(cwd: string): Promise<string> {
  const small = smallExperiment({ epochs: 2 });
  const dataset = { ...small.dataset, count: 60, holdout: 0.5 } as typeof small.dataset;
  const samples = { ...small.samples, every: 1, unseen: 30 };
  const metrics = [{ name: "psnr" }] as const;
  const experiment = { ...small, name: "a secret", dataset, samples, metrics };
  const options = {
    runsFolder: path.join(cwd, "runs"),
    source: null,
    resume: null,
    output: silent,
    threads: 2,
  };
  return (await runExperiment(experiment, options)).runId!;
}

function dataOf(file: string): JudgePageData {
  const [, json] = /id="page-data">(.*?)<\/script>/s.exec(readFileSync(file, "utf8"))!;
  return JSON.parse(json!);
}

const pixels = (bytes: Uint8Array) => sharp(bytes).raw().toBuffer();

/** Judges pairs by keys until the page shows another screen; `choose` gives the picture to point at. */
async function judgeAll(page: Page, choose: (pictures: readonly string[]) => number): Promise<number> {
  for (let pairs = 0; ; pairs++) {
    await eventually(
      page,
      `document.body.dataset.screen !== "pair" || /shown|asked/.test(document.querySelector("[data-pair]").dataset.phase)`,
    );
    if ((await page.evaluate("document.body.dataset.screen")) !== "pair") return pairs;
    // Answers are taken from the first frame on that shows the pair.
    await page.evaluate("new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen)))");
    const sources: string[] = await page.evaluate(
      `[...document.querySelectorAll("[data-side] img")].map(({ src }) => src.split(",")[1])`,
    );
    await page.keyboard.press(choose(sources) === 0 ? "ArrowLeft" : "ArrowRight");
    const says = await page.evaluate(`!document.querySelector("[data-next]").hidden`);
    if (says) await page.keyboard.press("Space");
  }
}

test("a study: its page, its pictures, its key, answers and what they come to", {
  timeout: 300_000,
}, async (t) => {
  const cwd = temporaryFolder(t);
  const id = await trained(cwd);
  const made = await callCli(["judge", "a secret", `${id}@1`, "--pairs", "12", "--seconds", "0.3"], { cwd });
  assert.equal(made.code, 0, made.stderr);
  const file = made.stdout.trim();
  const data = dataOf(file);
  const text = readFileSync(file, "utf8");
  for (const hidden of ["secret", id, "unseen"]) assert.ok(!text.includes(hidden), hidden);

  const store = openStore(path.join(cwd, "runs"), { readonly: true });
  t.after(() => store.close());
  const study = store.study(data.study)!;
  assert.deepEqual(
    study.networks.map(({ runId, epoch }) => [runId, epoch]),
    [
      [id, 2],
      [id, 1],
    ],
  );
  const samples = store.images(id).filter(({ set }) => set === "unseen");
  const { seenCount } = store.dataset(study.fingerprint)!;
  const stored = (index: number, kind: string, epoch: number) =>
    pixels(
      store.blob(
        samples.find(
          (each) => each.index === index - seenCount && each.kind === kind && each.epoch === epoch,
        )!.blobHash,
      )!.bytes,
    );

  await t.test("shows the pictures that evaluation looked at, where the key says", async () => {
    for (const { id, index, network, place } of study.pairs) {
      const { pictures } = data.pairs.find((pair) => pair.id === id)!;
      const [judged, other] = await Promise.all(
        [pictures[place], pictures[1 - place]!].map((base64) => pixels(Buffer.from(base64, "base64"))),
      );
      const photograph = await stored(index, "real", 0);
      assert.deepEqual(other, photograph, `photograph of ${id}`);
      const expected =
        network === null
          ? Buffer.from(oppositeColors(photograph))
          : await stored(index, "colorized", study.networks[network]!.epoch);
      assert.deepEqual(judged, expected, `pair ${id}`);
    }
  });

  await t.test("is judged by keys, whichever side a picture stands on", { skip: noBrowser }, async (t) => {
    const browser = await launched(t);
    const { page, ...heard } = await opened(browser, file, { width: 375, height: 700 });
    await page.fill("[data-name]", "Ada");
    await page.keyboard.press("Enter");
    const rightOf = new Map<string, number>();
    for (const { pictures, answer } of data.practice)
      rightOf.set(pictures[answer], 1).set(pictures[1 - answer]!, 0);
    for (const pair of study.pairs) {
      const { pictures } = data.pairs.find(({ id }) => id === pair.id)!;
      const right = rightPicture("real", pair);
      rightOf.set(pictures[right], 1).set(pictures[1 - right]!, 0);
    }
    const choose = (sources: readonly string[]) => sources.findIndex((source) => rightOf.get(source) === 1);
    assert.equal(await judgeAll(page, choose), data.practice.length);
    await page.keyboard.press("Space");
    assert.equal(await judgeAll(page, choose), 12);
    const [download] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
    const answers = path.join(cwd, download.suggestedFilename());
    await download.saveAs(answers);
    assert.equal(await page.inputValue("[data-answers]"), readFileSync(answers, "utf8"));
    await requireClean({ page, ...heard });

    const collected = await callCli(["judge", "--collect", answers], { cwd });
    assert.equal(collected.code, 0, collected.stderr);
    const judges = store.judges(study.id);
    assert.deepEqual(
      judges.map(({ name }) => name),
      ["Ada"],
    );
    assert.deepEqual(
      scoreNetworks(study, judges).map(({ share }) => share.count),
      [0, 0],
    );
    assert.equal(scoreControls(study, judges).share, 1);

    // Another one, judged where it is served.
    const short = await callCli(["judge", id, "--pairs", "4", "--seconds", "0.05"], { cwd });
    assert.equal(short.code, 0, short.stderr);
    const shortStudy = dataOf(path.join(cwd, "study.html")).study;
    const errors: unknown[] = [];
    const onError = (thrown: unknown) => errors.push(thrown);
    const server = await startServer(path.join(cwd, "runs"), {
      host: "127.0.0.1",
      port: 0,
      warn: assert.fail,
      onError,
    });
    t.after(server.close);
    const live = await (await browser.newContext()).newPage();
    const complaints: string[] = [];
    live.on("console", (message) => complaints.push(message.text()));
    await live.goto(server.url);
    await live.click('a[href="/judge"]');
    await live.click(`a[href="/judge?study=${shortStudy}"]`);
    const served = await live.content();
    for (const hidden of ["secret", id, "unseen"]) assert.ok(!served.includes(hidden), hidden);
    await live.keyboard.press("Space");
    await judgeAll(live, () => 0);
    await live.keyboard.press("Space");
    assert.equal(await judgeAll(live, () => 1), 4);
    await eventually(live, `/stored/.test(document.querySelector("[data-sent]").textContent)`);
    assert.deepEqual(complaints, []);
    const [judge] = store.judges(shortStudy);
    assert.equal(judge!.judgements.length, 4);
    assert.ok((await (await fetch(`${server.url}judge`)).text()).includes("judged by one person"));

    // Once; from this server's pages; small; of a study that is here.
    const post = async (body: string, headers: Record<string, string> = {}) => {
      const type = { "Content-Type": "application/json" };
      const answer = await fetch(`${server.url}judge`, {
        method: "POST",
        body,
        headers: { ...type, ...headers },
      });
      return `${answer.status} ${await answer.text()}`;
    };
    const text = answersText({ study: shortStudy, ...judge! });
    assert.equal(await post(text), "200 your answers were stored before.\n");
    assert.match(
      await post(text.replace('"ms":', '"ms":1')),
      /^422 answers: study .* answered otherwise before/,
    );
    assert.match(await post("{"), /^422 answers: expected the answers .*, got no JSON/);
    assert.match(await post(text.replace(shortStudy, "nowhere1")), /^422 answers: study nowhere1 is not in /);
    assert.match(await post(text, { Origin: "http://evil.example" }), /^403 /);
    assert.match(await post(text, { "Content-Type": "text/plain" }), /^415 /);
    assert.match(await post(" ".repeat(1_000_001)), /^413 /);
    assert.equal(store.judges(shortStudy).length, 1);
    for (const unknown of ["nowhere1", "../runs", "%00"])
      assert.equal((await fetch(`${server.url}judge?study=${unknown}`)).status, 404, unknown);
    assert.deepEqual(errors, []);
  });

  await t.test("takes every file once and whole, and reports what people said", async () => {
    const write = (name: string, text: string) => writeFileSync(path.join(cwd, name), text);
    const all = study.pairs.map(({ id }) => ({ pair: id, picture: 0, ms: 900 }) as const);
    const bob = { study: study.id, id: "bob1", name: "<b>Bob</b>", judgements: all };
    write("bob.json", answersText(bob));
    write("same.json", answersText({ ...bob, judgements: [...all].reverse() }));
    write("less.json", answersText({ ...bob, id: "bob2", judgements: all.slice(1) }));
    write("else.json", answersText({ ...bob, study: "elsewhere" }));
    write("changed.json", answersText({ ...bob, judgements: all.map((each) => ({ ...each, picture: 1 })) }));
    write("broken.json", "{");
    write("hostile.json", answersText(bob).replace('"name"', '"\\u001b[31mred":1,"name"'));
    const names = ["bob", "same", "less", "else", "changed", "broken", "hostile", "missing"].map(
      (name) => `${name}.json`,
    );
    const collected = await callCli(["judge", "--collect", ...names], { cwd });
    assert.equal(collected.code, 2);
    assert.deepEqual(
      collected.stderr.split("\n").map((line) => line.slice(0, 75)),
      [
        "same.json: collected before",
        `error: less.json: expected answers to all 12 pairs of study ${study.id}, got 11`,
        "error: else.json: study elsewhere is not in runs; name its folder with --runs",
        `error: changed.json: study ${study.id}: judge bob1 has answered otherwise before`,
        "error: broken.json: expected the answers that a page of hueristic judge writes, got no JSON",
        "error: hostile.json: expected the answers that a page of hueristic judge writes (Unrecognized key",
        "error: missing.json: cannot be read: ENOENT: no such file or directory, stat 'missing.json'",
        "1 judge collected; 1 collected before; 6 files refused",
        "",
      ].map((line) => line.slice(0, 75)),
    );
    assert.ok(!collected.stderr.includes("\u001b"));
    const reported = await callCli(["report", id, "--out", "report.html"], { cwd });
    assert.equal(reported.code, 0, reported.stderr);
    const page = readFileSync(path.join(cwd, "report.html"), "utf8");
    const [, section] = /<section id="judged">(.*?)<\/section>/s.exec(page)!;
    for (const said of [
      /Real or colored\?/,
      /a secret \(\w+\), epoch 2/,
      /&lt;b&gt;Bob/,
      /PSNR|psnr/,
      /of 12|of 11|of 10/,
    ])
      assert.match(section!, said);
  });

  await t.test("refuses what makes no study", async () => {
    const cases: [string[], RegExp][] = [
      [["judge"], /expected a run/],
      [["judge", id, "--ask", "better"], /expected two networks to compare, got one/],
      [["judge", id, "--on", "seen"], /expected images that are not trained on, got seen/],
      [["judge", id, "--on", "./nowhere"], /judge: --on: expected a folder of images .*does not exist/],
      [["judge", id, `${id}@2`], /expected every network once/],
      [["judge", id], /expected at least 46 photographs for 40 pairs and 6 to practice with, got 30/],
      [["judge", id, "--pairs", "2.5"], /--pairs: expected a whole number from 2 to 1000, got 2\.5/],
      [["judge", id, "--seconds", "-1"], /--seconds: expected a number from 0 to 60/],
      [["judge", id, "--collect", "a.json"], /expected no runs with it/],
    ];
    for (const [args, message] of cases) {
      const { code, stderr } = await callCli(args, { cwd });
      assert.equal(code, 2, stderr);
      assert.match(stderr, message);
    }
  });

  await t.test("takes answers to what is left where one of its networks was purged", async () => {
    const database = new Database(path.join(cwd, "runs/runs.db"));
    database.pragma("foreign_keys = ON");
    database.prepare("DELETE FROM study_networks WHERE study_id = ? AND number = 1").run(study.id);
    database.close();
    const all = study.pairs.map(({ id }) => ({ pair: id, picture: 1, ms: 900 }) as const);
    const late = answersText({ study: study.id, id: "late", name: "", judgements: all });
    writeFileSync(path.join(cwd, "late.json"), late);
    const collected = await callCli(["judge", "--collect", "late.json"], { cwd });
    assert.equal(collected.code, 0, collected.stderr);
    assert.match(
      collected.stderr,
      /late\.json: \d answers of 12 left out, about pairs of a network that was purged\n1 judge collected/,
    );
    const kept = store.study(study.id)!.pairs.map(({ id }) => id);
    assert.ok(kept.length < 12);
    const [judge] = store.judges(study.id).filter(({ id }) => id === "late");
    assert.deepEqual(judge!.judgements.map(({ pair }) => pair).sort(), kept.sort());
  });

  await t.test("purge says whose answers go with a run", async () => {
    await callCli(["delete", id, "--yes"], { cwd });
    const { stdout, stderr } = await callCli(["purge", "--dry-run"], { cwd });
    assert.match(stdout, /would be removed for good\n$/);
    assert.match(stderr, /: what \d people answered about it goes with it\n$/);
    const folder = path.join(cwd, "runs/studies");
    assert.notDeepEqual(readdirSync(folder), []);
    await callCli(["purge", "--yes"], { cwd });
    assert.deepEqual(readdirSync(folder), []);
  });
});
