// Brushing over parallel coordinates.

import { all, data, need, newcomers, onData } from "../../client/dom.ts";
import type { ParallelData } from "./data.ts";

/** Axis -> from, to: shares of its height from above. */
type Brushes = Map<number, readonly [number, number]>;

export function start(): void {
  const unknown = newcomers();
  const begin = () => unknown(all<SVGSVGElement>("[data-parallel]")).forEach(startBrushes);
  begin();
  onData(begin);
}

function startBrushes(svg: SVGSVGElement): void {
  const unknown = newcomers();
  const brushes: Brushes = new Map();
  const trialOf = (path: SVGElement) => data.parallel?.trials[Number(path.dataset.trial)];
  const apply = () => {
    const paths = all<SVGElement>("[data-trial]", svg);
    let kept = 0;
    for (const path of paths) {
      const places = trialOf(path)?.places ?? [];
      const isIn = [...brushes].every(([axis, [from, to]]) => places[axis]! >= from && places[axis]! <= to);
      path.classList.toggle("out", !isIn);
      kept += Number(isIn);
    }
    need("[data-parallel-count]").textContent =
      brushes.size === 0 ? "" : `${kept} of ${paths.length} trials; double click an axis to clear it`;
  };
  const say = (words: string) => {
    need("[data-parallel-tip]").textContent = words;
  };
  const begin = () => {
    for (const area of unknown(all<SVGGraphicsElement & SVGElement>("[data-axis-area]", svg)))
      startBrush(area, brushes, apply);
    for (const path of unknown(all<SVGElement>("[data-trial]", svg))) {
      path.addEventListener("pointerenter", () => {
        const trial = trialOf(path);
        if (trial) say(trialWords(trial, data.parallel?.axes ?? []));
      });
      path.addEventListener("pointerleave", () => say(" "));
    }
  };
  begin();
  onData(() => {
    begin();
    apply();
  });
}

/** Such as "trial 3, seed 2: optimizer adam, loss 0.03 (complete)". */
function trialWords(
  { number, seed, state, reason, words }: ParallelData["trials"][number],
  axes: readonly string[],
): string {
  const named = axes.map((name, axis) => `${name} ${words[axis]}`);
  const why = reason === null ? "" : `: ${reason}`;
  return `trial ${number}${seed === null ? "" : `, seed ${seed}`}: ${named.join(", ")} (${state}${why})`;
}

function startBrush(area: SVGGraphicsElement, brushes: Brushes, apply: () => void): void {
  const axis = Number(area.dataset.axisArea);
  const [top, height] = [Number(area.dataset.top), Number(area.dataset.height)];
  const rect = need<SVGRectElement>(`[data-brush="${axis}"]`, area.ownerSVGElement!);
  const show = () => {
    const brush = brushes.get(axis);
    rect.setAttribute("visibility", brush ? "visible" : "hidden");
    if (brush) {
      rect.setAttribute("y", String(top + brush[0] * height));
      rect.setAttribute("height", String(Math.max(2, (brush[1] - brush[0]) * height)));
    }
    apply();
  };
  const shareAt = ({ clientX, clientY }: PointerEvent) => {
    // null where the drawing is not laid out: then there is nothing to point at.
    const toDrawing = area.getScreenCTM()?.inverse();
    const { y } = new DOMPoint(clientX, clientY).matrixTransform(toDrawing);
    return Math.min(1.02, Math.max(-0.02, (y - top) / height));
  };
  area.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    area.setPointerCapture(event.pointerId);
    const from = shareAt(event);
    const move = (moved: PointerEvent) => {
      const to = shareAt(moved);
      brushes.set(axis, [Math.min(from, to), Math.max(from, to)]);
      show();
    };
    area.addEventListener("pointermove", move);
    area.addEventListener("pointerup", () => area.removeEventListener("pointermove", move), { once: true });
  });
  area.addEventListener("dblclick", () => {
    brushes.delete(axis);
    show();
  });
  // By keyboard: the arrow keys move a brush of a third, Escape clears it.
  area.addEventListener("keydown", (event) => {
    const by = event.key === "ArrowUp" ? -0.05 : event.key === "ArrowDown" ? 0.05 : null;
    if (event.key === "Escape") brushes.delete(axis);
    else if (by !== null) {
      event.preventDefault();
      const [from] = brushes.get(axis) ?? [0.33 - by];
      const start = Math.min(0.7, Math.max(-0.02, from + by));
      brushes.set(axis, [start, start + 0.33]);
    } else return;
    show();
  });
}
