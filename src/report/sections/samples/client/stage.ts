// Two pictures in one place: what is moved and enlarged is the place, so it stays when the pictures change.

import { need } from "../../../client/dom.ts";

export type Stage = {
  /** Left and right. */
  readonly images: readonly [HTMLImageElement, HTMLImageElement];
  /** 0 shows the whole. */
  zoom(factor: number): void;
  /** `mix` is how much of the right picture lies over the left one. */
  setMode(mode: string, mix: string): void;
  setMix(mix: string): void;
  swap(): void;
};

export type StageOptions = {
  /** Whether a turn of the wheel enlarges; elsewhere the page moves. */
  readonly wheel: (event: WheelEvent) => boolean;
};

export function makeStage(stage: HTMLElement, { wheel }: StageOptions = { wheel: () => true }): Stage {
  const [left, right] = [need('[data-pane="left"]', stage), need('[data-pane="right"]', stage)];
  const images = [need<HTMLImageElement>("img", left), need<HTMLImageElement>("img", right)] as const;
  const handle = need("[data-handle]", stage);
  let [scale, x, y, share] = [1, 0, 0, 0.5];

  const place = () => {
    for (const img of images) img.style.transform = `translate(${x * 100}%, ${y * 100}%) scale(${scale})`;
  };
  const divide = (at: number) => {
    share = Math.min(1, Math.max(0, at));
    handle.style.left = `${share * 100}%`;
    handle.setAttribute("aria-valuenow", String(Math.round(share * 100)));
    right.style.clipPath = stage.dataset.mode === "divide" ? `inset(0 0 0 ${share * 100}%)` : "";
  };
  const zoom = (factor: number) => {
    if (factor === 0) [scale, x, y] = [1, 0, 0];
    else {
      const next = Math.min(16, Math.max(1, scale * factor));
      [x, y] = [(x * next) / scale, (y * next) / scale];
      scale = next;
    }
    limit();
    place();
  };
  const limit = () => {
    const most = (scale - 1) / 2;
    x = Math.min(most, Math.max(-most, x));
    y = Math.min(most, Math.max(-most, y));
  };

  stage.addEventListener(
    "wheel",
    (event) => {
      if (!wheel(event)) return;
      event.preventDefault();
      zoom(event.deltaY < 0 ? 1.15 : 1 / 1.15);
    },
    { passive: false },
  );
  drag(stage, ({ movementX, movementY }) => {
    const { width, height } = left.getBoundingClientRect();
    x += movementX / width;
    y += movementY / height;
    limit();
    place();
  });
  drag(handle, ({ clientX }) => {
    const { left: from, width } = stage.getBoundingClientRect();
    divide((clientX - from) / width);
  });
  const steps: Readonly<Record<string, number>> = { ArrowLeft: -0.02, ArrowRight: 0.02, Home: -1, End: 1 };
  handle.addEventListener("keydown", (event) => {
    const by = steps[event.key];
    if (by === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    divide(share + by);
  });

  return {
    images,
    zoom,
    setMode(mode, mix) {
      stage.dataset.mode = mode;
      right.style.opacity = mode === "overlay" ? mix : "";
      right.hidden = false;
      divide(share);
    },
    setMix(mix) {
      right.style.opacity = mix;
    },
    swap() {
      right.hidden = !right.hidden;
    },
  };
}

function drag(element: HTMLElement, move: (event: PointerEvent) => void): void {
  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    event.stopPropagation();
    element.focus();
    element.setPointerCapture(event.pointerId);
    element.addEventListener("pointermove", move);
    element.addEventListener("pointerup", () => element.removeEventListener("pointermove", move), {
      once: true,
    });
  });
}
