// One pair on the screen: an empty moment, the pictures for as long as they may be seen, the answer by key or touch.

import type { StudyQuestion } from "../../../store/study-rows.ts";
import { all, need } from "../../client/dom.ts";

export type PairView = {
  /** Where in the study the pair stands. */
  tell(progress: string): void;
  /** Which of `pictures` was pointed at, and how many ms after they came up. */
  ask(pictures: readonly [string, string]): Promise<{ readonly picture: 0 | 1; readonly ms: number }>;
  /** Shows the pair again and says whether `picture` was the right one. */
  answer(picture: 0 | 1, right: 0 | 1): void;
};

type Phase = "blank" | "shown" | "asked" | "answered";

const blankMs = 500;

const questions: Readonly<Record<StudyQuestion, string>> = {
  real: "Which one has made-up colors?",
  better: "Which one looks more natural?",
};

export function createPairView({
  question,
  shownMs,
  isMirrored,
}: {
  readonly question: StudyQuestion;
  readonly shownMs: number | null;
  readonly isMirrored: boolean;
}): PairView {
  const stage = need("[data-pair]");
  const buttons = all<HTMLButtonElement>("[data-side]", stage);
  const images = buttons.map((button) => need<HTMLImageElement>("img", button));
  const say = need("[data-say]");
  const sideOf = (picture: number) => (isMirrored ? 1 - picture : picture);

  const enter = (phase: Phase) => {
    stage.dataset.phase = phase;
  };
  /** For `shownMs`, once more where nobody could see it. */
  const showAWhile = async (isAnswered: () => boolean) => {
    if (shownMs === null) return;
    do {
      enter("shown");
      await pause(shownMs);
    } while (document.hidden && !isAnswered() && (await untilVisible()));
    if (!isAnswered()) enter("asked");
  };

  return {
    tell(progress) {
      need("[data-progress]").textContent = progress;
    },
    async ask(pictures) {
      enter("blank");
      say.textContent = questions[question];
      for (const button of buttons) delete button.dataset.mark;
      for (const [picture, base64] of pictures.entries())
        images[sideOf(picture)]!.src = `data:image/webp;base64,${base64}`;
      await Promise.all([pause(blankMs), ...images.map((image) => image.decode())]);
      await untilVisible();
      enter("shown");
      await nextFrame();
      const began = performance.now();
      let isAnswered = false;
      const chosen = chosenSide(buttons);
      void showAWhile(() => isAnswered);
      const side = await chosen;
      isAnswered = true;
      return { picture: sideOf(side) === 0 ? 0 : 1, ms: Math.round(performance.now() - began) };
    },
    answer(picture, right) {
      enter("answered");
      buttons[sideOf(right)]!.dataset.mark = "right";
      const what = question === "real" ? "has the made-up colors" : "is the photograph as it was taken";
      const side = sideOf(right) === 0 ? "left" : "right";
      say.textContent = `${picture === right ? "Yes" : "No"}: the one on the ${side} ${what}.`;
    },
  };
}

/** By a touch, or by the keys of either side. */
function chosenSide(buttons: readonly HTMLButtonElement[]): Promise<0 | 1> {
  return new Promise((resolve) => {
    const choose = (side: number) => {
      removeEventListener("keydown", onKey);
      for (const button of buttons) {
        button.removeEventListener("click", onClick);
        // A space bar that is pressed once too often must not answer the next pair.
        button.blur();
      }
      resolve(side === 0 ? 0 : 1);
    };
    const onKey = ({ key, repeat, ctrlKey, metaKey, altKey }: KeyboardEvent) => {
      const side = sideOfKey(key.toLowerCase());
      if (side !== null && !repeat && !ctrlKey && !metaKey && !altKey) choose(side);
    };
    const onClick = (event: Event) => choose(buttons.indexOf(event.currentTarget as HTMLButtonElement));
    addEventListener("keydown", onKey);
    for (const button of buttons) button.addEventListener("click", onClick);
  });
}

function sideOfKey(key: string): 0 | 1 | null {
  if (["arrowleft", "a", "1"].includes(key)) return 0;
  return ["arrowright", "b", "2"].includes(key) ? 1 : null;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function nextFrame(): Promise<void> {
  return new Promise((resolve) => requestAnimationFrame(() => resolve()));
}

/** True, for conditions. */
function untilVisible(): Promise<true> {
  return new Promise((resolve) => {
    if (!document.hidden) return resolve(true);
    const onChange = () => {
      if (document.hidden) return;
      document.removeEventListener("visibilitychange", onChange);
      resolve(true);
    };
    document.addEventListener("visibilitychange", onChange);
  });
}
