// The matrix of data sets: which metric its cells show.

import { all, onData, one } from "./dom.js";

export function startMatrix() {
  const select = one("[data-matrix-metric]");
  if (!select) return;
  const update = () => {
    for (const value of all("[data-metric]")) value.hidden = value.dataset.metric !== select.value;
  };
  select.addEventListener("change", update);
  update();
  onData(update);
}
