// The runs that are chosen on the first page, and how many they are.

import { all, one } from "./dom.js";

export function startChoice() {
  const form = one("form[action='/report']");
  if (!form) return;
  const words = one("[data-chosen]", form);
  const update = () => {
    const count = all("input[name='run']:checked", form).length;
    words.textContent = count === 0 ? "Choose runs, then compare them as" : `Compare ${count} as`;
  };
  form.addEventListener("change", update);
  update();
}
