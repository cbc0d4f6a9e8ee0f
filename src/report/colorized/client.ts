// Dividers between each original and its colored pictures; those of one photograph are enlarged together.

import { all, need } from "../client/dom.ts";
import { makeStage } from "../sections/samples/client/stage.ts";

export function start(): void {
  for (const photograph of all("[data-photograph]")) {
    const [first] = all<HTMLImageElement>('[data-pane="left"] img', photograph);
    const stages = all("[data-stage]", photograph).map((element) => {
      const stage = makeStage(element, { wheel: (event) => event.ctrlKey });
      const [left, right] = stage.images;
      // The original stands in the page once.
      if (left !== first) left.src = first!.src;
      const shape = () => {
        element.style.aspectRatio = `${right.naturalWidth} / ${right.naturalHeight}`;
      };
      if (right.complete) shape();
      else right.addEventListener("load", shape);
      stage.setMode("divide", "");
      return stage;
    });
    for (const button of all("[data-zoom]", need("[data-controls]", photograph)))
      button.addEventListener("click", () => {
        for (const stage of stages) stage.zoom(Number(button.dataset.zoom));
      });
  }
}
