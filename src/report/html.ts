// An escaping `html` tagged template: all the templating that the report needs.
// A value is text unless it was made by `html` itself or declared safe by `raw`.

export type Html = { readonly html: string };

type Value = Html | string | number | null | undefined | false | readonly Value[];

/** Markup whose values are escaped; null, undefined and false leave nothing, arrays are joined. */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Html {
  return raw(strings.reduce((all, string, index) => all + rendered(values[index - 1]) + string));
}

/** Markup that is known to be safe: our own script, our own style sheet. */
export function raw(markup: string): Html {
  return { html: markup };
}

function rendered(value: Value): string {
  if (value === null || value === undefined || value === false) return "";
  if (typeof value === "string") return escapeHtml(value);
  if (typeof value === "number") return String(value);
  return "html" in value ? value.html : value.map(rendered).join("");
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character]!);
}

/** JSON for the inside of a script element: nothing in it ends the element or a line of JavaScript. */
export function scriptJson(value: unknown): Html {
  const escaped = JSON.stringify(value).replace(
    /[<>\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return raw(escaped);
}
