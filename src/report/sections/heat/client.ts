// The heat map of any two parameters.

import { all, data, element, need, newcomers, onData } from "../../client/dom.ts";
import { heatMapOf } from "./model.ts";

export function start(): void {
  const unknown = newcomers();
  const begin = () => unknown(all("[data-heat]")).forEach(startHeatMap);
  begin();
  onData(begin);
}

function startHeatMap(root: HTMLElement): void {
  const [x, y, value] = (["x", "y", "value"] as const).map((name) =>
    need<HTMLSelectElement>(`[data-heat-${name}]`, root),
  ) as [HTMLSelectElement, HTMLSelectElement, HTMLSelectElement];
  const offer = () => {
    const { heat } = data;
    if (!heat) return;
    fill(x, heat.parameters, heat.shown[0]);
    fill(y, heat.parameters, heat.shown[1]);
    fill(
      value,
      heat.values.map(({ name }) => name),
      0,
    );
  };
  const update = () => {
    if (!data.heat) return;
    const map = heatMapOf(data.heat, Number(x.value), Number(y.value), Number(value.value));
    // Made by the escaping template that makes the page.
    need("[data-heat-plot]", root).innerHTML = map.html;
  };
  offer();
  for (const select of [x, y, value]) select.addEventListener("change", update);
  onData(() => {
    offer();
    update();
  });
}

/** What was chosen stays chosen in a newer version, whatever its number is now. */
function fill(select: HTMLSelectElement, names: readonly string[], usual: number): void {
  const kept = names.indexOf(select.selectedOptions[0]?.textContent ?? "");
  select.replaceChildren(
    ...names.map((name, index) => element("option", { value: String(index), textContent: name })),
  );
  select.value = String(kept >= 0 ? kept : usual);
}
