// The runs that are chosen on the first page, and how many they are.

import { all, need, one } from "./dom.ts";

export function startChoice(): void {
  const form = one("form[action='/report']");
  if (!form) return;
  const words = need("[data-chosen]", form);
  const update = () => {
    const count = all("input[name='run']:checked", form).length;
    words.textContent = count === 0 ? "Choose runs, then compare them as" : `Compare ${count} as`;
  };
  form.addEventListener("change", update);
  update();
}
