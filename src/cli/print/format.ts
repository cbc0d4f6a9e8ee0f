// What only a terminal needs of formats; all others are those of src/runs/format.

import type { Colors } from "../../output.ts";
import { formatNumber } from "../../runs/format/numbers.ts";
import type { RunStatus } from "../../store/rows.ts";

/** "-" for what is not there. */
export function numberOrDash(value: number | null | undefined): string {
  return value === null || value === undefined ? "-" : formatNumber(value);
}

export function colorStatus(status: RunStatus, colors: Colors): string {
  if (status === "FINISHED") return colors.green(status);
  if (status === "RUNNING") return colors.cyan(status);
  if (status === "SCHEDULED") return status;
  return status === "KILLED" ? colors.yellow(status) : colors.red(status);
}

/** Text that somebody else wrote, safe to print: control characters, which a terminal would obey, become spaces. */
export function plainText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ");
}
