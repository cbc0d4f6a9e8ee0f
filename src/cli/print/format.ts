// Numbers and times as people read them.

import type { Colors } from "../../output.ts";
import type { RunStatus } from "../../store/rows.ts";

/** Four significant digits; "-" for what is not there. */
export function formatNumber(value: number | null | undefined): string {
  if (value === null || value === undefined) return "-";
  if (!Number.isFinite(value) || Number.isInteger(value)) return String(value);
  const size = Math.abs(value);
  return size >= 1e-3 && size < 1e6 ? String(Number(value.toPrecision(4))) : value.toExponential(2);
}

/** Two units at most, such as "2h 5m"; a tenth of a second below ten. */
export function formatDuration(ms: number): string {
  const tenths = Math.max(0, ms) / 1000;
  if (tenths < 9.95) return `${tenths.toFixed(1)}s`;
  const seconds = Math.round(tenths);
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m ${seconds % 60}s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)}h ${minutes % 60}m`;
  const hours = Math.round(minutes / 60);
  return `${Math.floor(hours / 24)}d ${hours % 24}h`;
}

/** One unit, such as "3d". */
export function formatAge(ms: number): string {
  return formatDuration(Math.max(1000, ms)).split(" ")[0]!.replace(/\.\d/, "");
}

export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  let value = bytes;
  let unit = -1;
  for (; value >= 1023.5 && unit < 3; unit++) value /= 1024;
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${["KiB", "MiB", "GiB", "TiB"][unit]}`;
}

/** UTC, to the second. */
export function formatTime(ms: number): string {
  return new Date(ms)
    .toISOString()
    .replace("T", " ")
    .replace(/\.\d+Z/, "Z");
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
