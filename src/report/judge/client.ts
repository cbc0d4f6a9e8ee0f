// A judge's way through the page: practice with answers, the pairs in an order and on sides of the judge's own, the file.

import { answersFileName, answersText } from "../../judge/answers.ts";
import { randomStream, shuffled } from "../../random.ts";
import type { Judgement } from "../../store/study-rows.ts";
import { all, heldIn, need } from "../client/dom.ts";
import { createPairView } from "./client/pair-view.ts";
import type { JudgePageData } from "./data.ts";

type Screen = "intro" | "pair" | "ready" | "end";

export function start(): void {
  const data = heldIn<JudgePageData>("page-data");
  const { practice, pairs, study, question, shownMs, sendTo } = data;
  const judge = newJudgeId();
  const stream = randomStream("judge", study, judge);
  // Half of the judges see every pair the other way round.
  const isMirrored = stream.below(2) === 1;
  const order = shuffled(pairs.length, stream);
  const view = createPairView({ question, shownMs, isMirrored });

  const run = async () => {
    await pressed("[data-start]");
    addEventListener("beforeunload", keepOpen);
    show("pair");
    for (const [at, pair] of practice.entries()) {
      view.tell(`Practice ${at + 1} of ${practice.length}`);
      const { picture } = await view.ask(pair.pictures);
      view.answer(picture, pair.answer);
      await pressed("[data-next]");
    }
    show("ready");
    await pressed("[data-go]");
    show("pair");
    const judgements: Judgement[] = [];
    for (const [done, at] of order.entries()) {
      const { id, pictures } = pairs[at]!;
      view.tell(`${done + 1} of ${pairs.length}`);
      judgements.push({ pair: id, ...(await view.ask(pictures)) });
    }
    const name = need<HTMLInputElement>("[data-name]").value.trim();
    const answers = { study, id: judge, name, judgements };
    handOver(answers);
    show("end");
    if (sendTo !== null) await send(sendTo, answersText(answers));
  };
  void run();
}

function show(screen: Screen): void {
  document.body.dataset.screen = screen;
  for (const each of all("[data-screen]", need("main"))) each.hidden = each.dataset.screen !== screen;
  const link = need("[data-download]");
  if (screen === "end" && link.closest("[hidden]") === null) link.focus();
  scrollTo(0, 0);
}

/** Resolves once a button is pressed, or the space bar or Enter instead. */
function pressed(selector: string): Promise<void> {
  const button = need<HTMLButtonElement>(selector);
  button.hidden = false;
  return new Promise((resolve) => {
    const done = () => {
      removeEventListener("keydown", onKey);
      button.removeEventListener("click", done);
      button.hidden = button.matches("[data-next]");
      resolve();
    };
    const onKey = (event: KeyboardEvent) => {
      const isTyping = event.target instanceof HTMLInputElement && event.key === " ";
      if (event.repeat || isTyping || (event.key !== " " && event.key !== "Enter")) return;
      event.preventDefault();
      done();
    };
    button.addEventListener("click", done);
    addEventListener("keydown", onKey);
  });
}

/** To the server; where it does not take them the file is offered, and what it said. */
async function send(address: string, text: string): Promise<void> {
  const sent = need("[data-sent]");
  try {
    const headers = { "Content-Type": "application/json" };
    const answer = await fetch(address, { method: "POST", headers, body: text });
    sent.textContent = `${answer.ok ? "Thank you" : "They were not taken"}: ${await answer.text()}`;
    if (answer.ok) {
      removeEventListener("beforeunload", keepOpen);
      return;
    }
  } catch {
    sent.textContent = "The server does not answer. Please save the file for: hueristic judge --collect";
  }
  need("[data-by-hand]").hidden = false;
}

/** Offers the answers as a file and as text. */
function handOver(answers: Parameters<typeof answersText>[0]): void {
  const text = answersText(answers);
  const field = need<HTMLTextAreaElement>("[data-answers]");
  field.value = text;
  const link = need<HTMLAnchorElement>("[data-download]");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = answersFileName(answers);
  const isSafe = () => removeEventListener("beforeunload", keepOpen);
  link.addEventListener("click", isSafe);
  need("[data-copy]").addEventListener("click", async () => {
    field.select();
    const isCopied = await copied(text);
    need("[data-copied]").textContent = isCopied ? "Copied." : "Please copy the text below.";
    isSafe();
  });
}

/** `text` is selected on the page. A page that was opened from a file may not be allowed to use the clipboard. */
async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return document.execCommand("copy");
  }
}

function keepOpen(event: Event): void {
  event.preventDefault();
}

/** Eight characters of base32. */
function newJudgeId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return Array.from(bytes, (byte) => "abcdefghijkmnpqrstuvwxyz23456789"[byte & 31]).join("");
}
