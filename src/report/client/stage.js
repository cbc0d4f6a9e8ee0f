// Two pictures in one place: what is moved and enlarged is the place, so it stays when the pictures change.

import { all, one } from "./dom.js";

export function makeStage(stage) {
  const [left, right] = all("[data-pane]", stage);
  const images = [left, right].map((pane) => one("img", pane));
  const handle = one("[data-handle]", stage);
  let [scale, x, y, share] = [1, 0, 0, 0.5];

  const place = () => {
    for (const img of images) img.style.transform = `translate(${x * 100}%, ${y * 100}%) scale(${scale})`;
  };
  const divide = (at) => {
    share = Math.min(1, Math.max(0, at));
    handle.style.left = `${share * 100}%`;
    handle.setAttribute("aria-valuenow", Math.round(share * 100));
    right.style.clipPath = stage.dataset.mode === "divide" ? `inset(0 0 0 ${share * 100}%)` : "";
  };
  const zoom = (factor) => {
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
      event.preventDefault();
      zoom(event.deltaY < 0 ? 1.15 : 1 / 1.15);
    },
    { passive: false },
  );
  drag(stage, (dx, dy) => {
    const { width, height } = left.getBoundingClientRect();
    x += dx / width;
    y += dy / height;
    limit();
    place();
  });
  drag(handle, (_dx, _dy, event) => {
    const { left: from, width } = stage.getBoundingClientRect();
    divide((event.clientX - from) / width);
  });
  handle.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -0.02, ArrowRight: 0.02, Home: -1, End: 1 }[event.key];
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
    setMix: (mix) => (right.style.opacity = mix),
    swap: () => (right.hidden = !right.hidden),
  };
}

function drag(element, move) {
  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    event.stopPropagation();
    element.focus();
    element.setPointerCapture(event.pointerId);
    const step = (moved) => move(moved.movementX, moved.movementY, moved);
    element.addEventListener("pointermove", step);
    element.addEventListener("pointerup", () => element.removeEventListener("pointermove", step), {
      once: true,
    });
  });
}
