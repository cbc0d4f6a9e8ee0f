/** Where something stands in a value, or in an experiment. */
export type Path = readonly (string | number)[];

/** The same value with other texts at `places`: `replace` is told each and where it stands. */
export function withTexts<Value>(
  value: Value,
  places: readonly Path[],
  replace: (text: string, at: Path) => string,
): Value {
  const changed = structuredClone(value);
  for (const at of places) {
    const key = at.at(-1)!;
    // Places are those of texts, which whoever declares them guarantees.
    const holder = at.slice(0, -1).reduce((here: unknown, step) => (here as never)[step], changed);
    const texts = holder as Record<string | number, string>;
    texts[key] = replace(texts[key]!, at);
  }
  return changed;
}

/** Such as `tags[0]` or `train.epochs`. */
export function pathText(path: Path): string {
  return path
    .map((key) => (typeof key === "number" ? `[${key}]` : `.${key}`))
    .join("")
    .replace(/^\./, "");
}
