// Which metric the cells show.

import { all, onData, one } from "../../client/dom.ts";

export function start(): void {
  const select = one<HTMLSelectElement>("[data-matrix-metric]");
  if (!select) return;
  const update = () => {
    for (const value of all("[data-metric]")) value.hidden = value.dataset.metric !== select.value;
  };
  select.addEventListener("change", update);
  update();
  onData(update);
}
