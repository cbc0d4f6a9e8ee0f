// Which metric the cells show, and their pictures in the viewer of the samples.

import { all, newcomers, onData, one } from "../../client/dom.ts";
import { openViewer } from "../samples/client/viewer.ts";

export function start(): void {
  const unknown = newcomers();
  const update = () => {
    const select = one<HTMLSelectElement>("[data-matrix-metric]");
    if (!select) return;
    for (const value of all("[data-metric]")) value.hidden = value.dataset.metric !== select.value;
    for (const known of unknown([select])) known.addEventListener("change", update);
    for (const tile of unknown(all(".strip .tile")))
      tile.addEventListener("click", () => openViewer(tile, () => tile.focus()));
  };
  onData(update);
  update();
}
