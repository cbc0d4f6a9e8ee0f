// The image of the viewer over epochs in every run: a row each.

import { formatNumber } from "../../../../runs/format/numbers.ts";
import { data, element } from "../../../client/dom.ts";
import { urlOf } from "../../../client/pictures.ts";
import type { GridData } from "../data.ts";
import { epochAt } from "./epochs.ts";

/** `choose` is told the row and the position of the epoch that were clicked. */
export function showHistory(
  table: HTMLElement,
  { rows }: GridData,
  column: number,
  choose: (row: number, epoch: number) => void,
): void {
  const epochs = data.samples?.epochs ?? [];
  const head = element(
    "tr",
    {},
    element("td"),
    ...epochs.map((epoch) => element("th", { scope: "col", textContent: String(epoch) })),
  );
  const lines = rows.map(({ name, cells, metrics }, row) => {
    const tiles = epochs.map((epoch, at) => {
      const blob = cells[at]?.[column] ?? null;
      if (blob === null) return element("td");
      const img = element("img", { src: urlOf(blob), alt: `${name}, epoch ${epoch}`, decoding: "async" });
      const button = element("button", { type: "button", className: "plain-tile" }, img);
      button.addEventListener("click", () => choose(row, at));
      if (at === epochAt()) button.setAttribute("aria-current", "true");
      const [first] = Object.entries(metrics?.[at]?.[column] ?? {});
      const value = first && element("small", {}, `${first[0]} ${formatNumber(first[1])}`);
      return element("td", {}, button, ...(value ? [value] : []));
    });
    return element("tr", {}, element("th", { scope: "row" }, element("bdi", {}, name)), ...tiles);
  });
  table.replaceChildren(element("thead", {}, head), element("tbody", {}, ...lines));
}
