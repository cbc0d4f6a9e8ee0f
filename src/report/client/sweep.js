// The page of a sweep: brushing over parallel coordinates, and a heat map of any two parameters.

import { heatMapSvg } from "../sweep/heat-map.ts";
import { all, data, element, newcomers, number, onData, one } from "./dom.js";

export function startSweep() {
  const unknown = newcomers();
  const start = () => {
    if (!data.sweep) return;
    unknown(all("[data-parallel]")).forEach(startBrushes);
    unknown(all("[data-heat]")).forEach(startHeatMap);
  };
  start();
  onData(start);
}

/** Brushes: axis -> [from, to], shares of its height from above. */
function startBrushes(svg) {
  const unknown = newcomers();
  const brushes = new Map();
  const count = one("[data-parallel-count]");
  const apply = () => {
    const { positions } = data.sweep.parallel;
    const paths = all("[data-trial]", svg);
    let kept = 0;
    for (const path of paths) {
      const places = positions[path.dataset.trial];
      const isIn = [...brushes].every(([axis, [from, to]]) => places[axis] >= from && places[axis] <= to);
      path.classList.toggle("out", !isIn);
      kept += Number(isIn);
    }
    count.textContent =
      brushes.size === 0 ? "" : `${kept} of ${paths.length} trials; double click an axis to clear it`;
  };
  const tip = one("[data-parallel-tip]");
  const start = () => {
    for (const axis of unknown(all("[data-axis-area]", svg)))
      startBrush(axis, Number(axis.dataset.axisArea), brushes, apply);
    for (const path of unknown(all("[data-trial]", svg))) {
      path.addEventListener("pointerenter", () => (tip.textContent = describe(path.dataset.trial)));
      path.addEventListener("pointerleave", () => (tip.textContent = " "));
    }
  };
  start();
  onData(() => {
    start();
    apply();
  });
}

const describe = (at) => {
  const { number, seed, state, reason } = data.sweep.trials[at];
  const words = data.sweep.parallel.names.map(
    (name, axis) => `${name} ${data.sweep.parallel.words[at][axis]}`,
  );
  const why = reason === null ? "" : `: ${reason}`;
  return `trial ${number}${seed === null ? "" : `, seed ${seed}`}: ${words.join(", ")} (${state}${why})`;
};

function startBrush(area, axis, brushes, apply) {
  const rect = one(`[data-brush="${axis}"]`, area.ownerSVGElement);
  const [top, height] = [Number(area.dataset.top), Number(area.dataset.height)];
  const show = () => {
    const brush = brushes.get(axis);
    rect.setAttribute("visibility", brush ? "visible" : "hidden");
    if (!brush) return apply();
    rect.setAttribute("y", top + brush[0] * height);
    rect.setAttribute("height", Math.max(2, (brush[1] - brush[0]) * height));
    apply();
  };
  const shareAt = (event) => {
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(area.getScreenCTM().inverse());
    return Math.min(1.02, Math.max(-0.02, (point.y - top) / height));
  };
  area.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    area.setPointerCapture(event.pointerId);
    const from = shareAt(event);
    const move = (moved) => {
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
    const by = { ArrowUp: -0.05, ArrowDown: 0.05 }[event.key];
    if (event.key === "Escape") brushes.delete(axis);
    else if (by) {
      event.preventDefault();
      const [from] = brushes.get(axis) ?? [0.33 - by];
      const start = Math.min(0.7, Math.max(-0.02, from + by));
      brushes.set(axis, [start, start + 0.33]);
    } else return;
    show();
  });
}

function startHeatMap(root) {
  const picks = ["x", "y", "value"].map((name) => one(`[data-heat-${name}]`, root));
  const fill = (select, names, chosen) => {
    select.replaceChildren(
      ...names.map((name, index) => element("option", { value: index, textContent: name })),
    );
    select.value = chosen;
  };
  const offer = () => {
    const { parameters, values, heat } = data.sweep;
    const lists = [parameters, parameters, values.map(({ name }) => name)];
    const usual = [heat[0], heat[1], 0];
    // What was chosen stays chosen in a newer version, whatever its number is now.
    const chosen = picks.map(({ selectedOptions: [option] }) => option?.textContent);
    picks.forEach((pick, at) => {
      const kept = lists[at].indexOf(chosen[at]);
      fill(pick, lists[at], kept >= 0 ? kept : usual[at]);
    });
  };
  offer();
  const update = () => {
    const { parameters, values, trials } = data.sweep;
    const [x, y, value] = picks.map((select) => Number(select.value));
    const cells = trials.map((trial) => ({
      x: trial.parameters[x],
      // One parameter in both directions is a single row of it.
      y: x === y ? null : trial.parameters[y],
      value: trial.state === "complete" ? trial.values[value] : null,
      state: trial.state,
    }));
    // Made by the escaping template that makes the page.
    one("[data-heat-plot]", root).innerHTML = heatMapSvg(cells, {
      x: parameters[x],
      y: x === y ? "" : parameters[y],
      value: values[value].unit === "" ? values[value].name : `${values[value].name}, ${values[value].unit}`,
      better: values[value].better,
      format: number,
    }).html;
  };
  for (const select of picks) select.addEventListener("change", update);
  onData(() => {
    offer();
    update();
  });
}
