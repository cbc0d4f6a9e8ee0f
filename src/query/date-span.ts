// Dates as users write them: 2026, 2026-11, 2026-11-23, then the time to the minute, second or less, then an offset.
// Without an offset a date is UTC, as the program shows dates everywhere.

export type Span = {
  /** Milliseconds since 1970. */
  readonly from: number;
  /** Where what was written ends: a day later for 2026-11-23. */
  readonly to: number;
};

const pattern =
  /^(?<year>\d{4})(?:-(?<month>\d\d)(?:-(?<day>\d\d)(?:(?:T|\s+)(?<hour>\d\d):(?<minute>\d\d)(?::(?<second>\d\d)(?:\.(?<fraction>\d+))?)?(?:\s*(?:Z|UTC|(?<sign>[+-])(?<offsetHours>\d\d)(?::?(?<offsetMinutes>\d\d))?))?)?)?)?$/i;

const minuteMs = 60_000;

/** null for what is no date, such as the 30th of February. */
export function dateSpan(text: string): Span | null {
  const found = pattern.exec(text.trim())?.groups;
  if (found === undefined) return null;
  const part = (name: string, least: number) => Number(found[name] ?? least);
  const [year, month, day] = [part("year", 0), part("month", 1), part("day", 1)];
  const [hour, minute, second] = [part("hour", 0), part("minute", 0), part("second", 0)];
  const [offsetHours, offsetMinutes] = [part("offsetHours", 0), part("offsetMinutes", 0)];
  if (hour > 23 || minute > 59 || second > 59 || offsetHours > 23 || offsetMinutes > 59) return null;
  const { fraction } = found;
  const ms = fraction === undefined ? 0 : Math.floor(Number(`0.${fraction}`) * 1000 + 1e-6);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  date.setUTCHours(hour, minute, second, ms);
  const offset = (offsetHours * 60 + offsetMinutes) * minuteMs * (found.sign === "-" ? -1 : 1);
  const from = date.getTime() - offset;
  if (found.month === undefined) return { from, to: Date.UTC(year + 1, 0, 1) };
  if (found.day === undefined) return { from, to: Date.UTC(year, month, 1) };
  if (found.hour === undefined) return { from, to: from + 24 * 60 * minuteMs };
  if (found.second === undefined) return { from, to: from + minuteMs };
  return { from, to: from + (fraction === undefined ? 1000 : 1) };
}
