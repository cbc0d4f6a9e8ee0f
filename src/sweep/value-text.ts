// Values of parameters as tables show them.

/** Such as "16", "0.0003", "adam learning_rate=0.0003": of a mapping with a name or a kind that goes first. */
export function valueText(value: unknown): string {
  if (typeof value === "number" && !Number.isInteger(value)) return String(Number(value.toPrecision(4)));
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return `[${value.map(valueText).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, inner]) =>
    key === "name" || key === "kind" ? valueText(inner) : `${key}=${nestedText(inner)}`,
  );
  return entries.join(" ");
}

function nestedText(value: unknown): string {
  const isMapping = typeof value === "object" && value !== null && !Array.isArray(value);
  return isMapping ? `{${valueText(value)}}` : valueText(value);
}
