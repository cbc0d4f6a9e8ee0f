// The script of the report, run by the reader's browser: pictures and charts that appear when they are
// looked at, the scale switch, and the dialog that enlarges a picture. No module, no build, no network.

(() => {
  const { blobs, charts } = JSON.parse(document.getElementById("report-data").textContent);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const dialog = document.getElementById("viewer");

  // Pictures: each is stored once in the page and given to its <img> shortly before it is seen.
  const show = (img) => {
    if (img.dataset.blob !== undefined && !img.src) img.src = blobs[img.dataset.blob];
  };
  const sharpen = (img) => {
    const pixels = img.clientWidth * window.devicePixelRatio;
    img.classList.toggle("enlarged", img.naturalWidth > 0 && pixels >= img.naturalWidth * 1.5);
  };
  const whenNear = (elements, act) => {
    const observer = new IntersectionObserver(
      (entries) => {
        for (const { isIntersecting, target } of entries) {
          if (!isIntersecting) continue;
          observer.unobserve(target);
          act(target);
        }
      },
      { rootMargin: "600px" },
    );
    for (const element of elements) observer.observe(element);
  };
  const pictures = all("img[data-blob]");
  for (const img of pictures) img.addEventListener("load", () => sharpen(img));
  whenNear(pictures, show);
  window.addEventListener("resize", () => pictures.forEach(sharpen));

  // Charts.
  const made = new Map();
  const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const number = (value) =>
    value !== 0 && (Math.abs(value) < 1e-4 || Math.abs(value) >= 1e6)
      ? value.toExponential(2)
      : String(Number(value.toPrecision(4)));

  const paint = (options) => {
    for (const scale of Object.values(options.scales)) {
      scale.grid = { color: style("--line") };
      scale.border = { color: style("--line") };
      scale.ticks = { ...scale.ticks, color: style("--soft") };
      scale.title.color = style("--soft");
      scale.title.font = scale.ticks.font = { family: "system-ui, sans-serif", size: 12 };
    }
  };

  const makeChart = (canvas) => {
    if (made.has(canvas.id)) return;
    const { config, max } = charts[canvas.id];
    const { options, data } = config;
    paint(options);
    if (data.datasets.length > 8) options.interaction.axis = "xy";
    options.plugins.tooltip = {
      callbacks: {
        title: (items) => `epoch ${number(items[0].parsed.x)}`,
        label: (item) => ` ${item.dataset.label}: ${number(item.parsed.y)}`,
      },
    };
    options.scales.y.ticks.callback = function (value, _index, ticks) {
      if (this.type !== "logarithmic") return number(value);
      const leading = Number(value.toExponential()[0]);
      return leading === 1 || leading === 2 || leading === 5 || ticks.length < 8 ? number(value) : "";
    };
    const chart = new Chart(canvas, config);
    chart.linearMax = max;
    made.set(canvas.id, chart);
    makeLegend(canvas.id, chart);
  };

  const makeLegend = (id, chart) => {
    const list = document.querySelector(`[data-legend="${id}"]`);
    if (!list) return;
    chart.data.datasets.forEach((dataset, index) => {
      const button = document.createElement("button");
      button.type = "button";
      button.setAttribute("aria-pressed", "true");
      const swatch = document.createElement("span");
      swatch.className = "swatch";
      swatch.style.borderTopColor = dataset.borderColor;
      if (dataset.borderDash.length > 0) swatch.style.borderTopStyle = "dashed";
      const name = document.createElement("bdi");
      name.textContent = dataset.label;
      button.append(swatch, name);
      button.addEventListener("click", () => {
        const visible = !chart.isDatasetVisible(index);
        chart.setDatasetVisibility(index, visible);
        button.setAttribute("aria-pressed", String(visible));
        chart.update();
      });
      const item = document.createElement("li");
      item.append(button);
      list.append(item);
    });
  };

  if (typeof Chart !== "undefined") whenNear(all("canvas[data-chart]"), makeChart);

  for (const button of all("[data-scale]")) {
    button.addEventListener("click", () => {
      const canvas = document.getElementById(button.dataset.for);
      makeChart(canvas);
      const chart = made.get(canvas.id);
      const { scale } = button.dataset;
      chart.options.scales.y.type = scale;
      chart.options.scales.y.max = scale === "linear" ? (chart.linearMax ?? undefined) : undefined;
      chart.update();
      for (const other of all(`[data-for="${canvas.id}"]`))
        other.setAttribute("aria-pressed", String(other === button));
    });
  }

  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    for (const chart of made.values()) {
      paint(chart.options);
      chart.update();
    }
  });
  window.addEventListener("beforeprint", () => {
    pictures.forEach(show);
    if (typeof Chart !== "undefined") all("canvas[data-chart]").forEach(makeChart);
    for (const chart of made.values()) chart.resize();
  });
  window.addEventListener("afterprint", () => {
    for (const chart of made.values()) chart.resize();
  });

  // Grids: one tab stop each, arrow keys from picture to picture, Enter or a click enlarges.
  // A grid is a list of rows over both sides: grid[row][column] is a button or null.
  for (const section of all("[data-grid]")) {
    const sides = all("table", section);
    const rows = all("tbody tr", sides[0]).map((_, row) =>
      sides.flatMap((table) =>
        all("td", all("tbody tr", table)[row]).map((cell) => cell.querySelector("button")),
      ),
    );
    const columns = rows[0].length;
    const tiles = rows.flat().filter(Boolean);
    if (tiles.length === 0) continue;
    tiles[0].tabIndex = 0;
    const placeOf = (button) => {
      const row = rows.findIndex((candidates) => candidates.includes(button));
      return [row, rows[row].indexOf(button)];
    };
    const step = ([row, column], key, least) => {
      const down = { ArrowUp: -1, ArrowDown: 1 }[key] ?? 0;
      const right = { ArrowLeft: -1, ArrowRight: 1 }[key] ?? 0;
      let at = [row + down, column + right];
      // Over pictures that are missing, to the next one there is.
      while (at[0] >= least && at[0] < rows.length && at[1] >= 0 && at[1] < columns) {
        if (rows[at[0]][at[1]]) return at;
        at = [at[0] + down, at[1] + right];
      }
      return [row, column];
    };
    const focus = (button) => {
      for (const tile of tiles) tile.tabIndex = tile === button ? 0 : -1;
      button.focus();
    };
    for (const tile of tiles) {
      tile.addEventListener("click", () => open(tile));
      tile.addEventListener("keydown", (event) => {
        if (!event.key.startsWith("Arrow")) return;
        event.preventDefault();
        const [row, column] = step(placeOf(tile), event.key, 0);
        focus(rows[row][column]);
      });
    }

    const open = (tile) => {
      let place = placeOf(tile);
      // Real and grey stand beside every epoch: opened from them, the dialog begins with the last epoch.
      if (place[0] < 2) {
        let last = rows.length - 1;
        while (last > 1 && !rows[last][place[1]]) last--;
        place = [last, place[1]];
      }
      const update = () => {
        const [row, column] = place;
        const shown = [0, 1, ...(row > 1 ? [row] : [])];
        const figures = all("figure", dialog);
        [0, 1, 2].forEach((slot) => {
          const source = rows[shown[slot] ?? -1]?.[column]?.querySelector("img");
          figures[slot].hidden = !source;
          if (!source) return;
          const img = figures[slot].querySelector("img");
          img.src = blobs[source.dataset.blob];
          img.alt = source.alt;
          figures[slot].querySelector("figcaption").textContent = source.dataset.row;
        });
        const picture = rows[row][column].querySelector("img");
        dialog.querySelector("[data-viewer-name]").textContent = picture.dataset.image;
        dialog.querySelector("[data-viewer-place]").textContent =
          `${picture.dataset.set} image ${column + 1} of ${columns}, ${picture.dataset.row.toLowerCase()}`;
        for (const button of all("[data-walk]", dialog)) {
          const next = step(place, button.dataset.walk, 2);
          button.disabled = next[0] === row && next[1] === column;
        }
      };
      const walk = (key) => {
        place = step(place, key, 2);
        update();
      };
      dialog.onkeydown = (event) => {
        if (!event.key.startsWith("Arrow")) return;
        event.preventDefault();
        walk(event.key);
      };
      for (const button of all("[data-walk]", dialog)) button.onclick = () => walk(button.dataset.walk);
      dialog.onclose = () => focus(rows[place[0]][place[1]]);
      update();
      dialog.showModal();
      dialog.querySelector("[data-close]").focus();
    };
  }
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
})();
