// Durations and dates as people read them.

/** The two largest units, such as "1 min 3 s" or "2 h 5 min"; a tenth of a second below ten. */
export function formatDuration(durationMs: number): string {
  const exact = Math.max(0, durationMs) / 1000;
  if (exact < 9.95) return `${exact.toFixed(1)} s`;
  const seconds = Math.round(exact);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  const hours = Math.round(minutes / 60);
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** The largest unit, such as "3 d". */
export function formatAge(ms: number): string {
  const [number, unit] = formatDuration(Math.max(1000, ms)).split(" ");
  return `${number!.replace(/\.\d/, "")} ${unit}`;
}

/** 2026-11-23 02:01 UTC, or to the second. */
export function formatTime(at: number, to: "minute" | "second" = "minute"): string {
  const text = new Date(at).toISOString().slice(0, to === "minute" ? 16 : 19);
  return `${text.replace("T", " ")} UTC`;
}
