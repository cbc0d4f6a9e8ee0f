// `report:` of an experiment or a sweep, which says how its report is arranged, and definitions in files of their own. It
// changes no number, so it is no part of the experiment; it is checked with it, so that a slip shows before the training.

import { nearMiss } from "../near-miss.ts";
import { parseSize } from "../parse-size.ts";
import { describe, type Located, type Path, type Problem, quoted } from "./text/located.ts";

export const pageKinds = ["runs", "models", "sweep", "datasets", "run"] as const;

export type PageKind = (typeof pageKinds)[number];

/** Ids of all sections that pages have, `text` among them; src/report/sections makes them. */
export const sectionIds = [
  "text",
  "curves",
  "samples",
  "judged",
  "table",
  "parallel",
  "importance",
  "heat",
  "configurations",
  "matrix",
  "differences",
  "emergence",
  "health",
  "system",
  "events",
  "provenance",
  "again",
  "about",
] as const;

export type ReportSection = {
  readonly title: string | null;
  /** Markdown. */
  readonly text: string | null;
  readonly page: PageKind | null;
  /** Runs, tags, sweeps or files; null where none are named. */
  readonly runs: readonly string[] | null;
  /** Ids of sections, or `text`, in their order; null keeps those of the page. */
  readonly panels: readonly string[] | null;
  /** Bytes. */
  readonly maxSize: number | null;
};

export const reportKeys = {
  title: "Heading of the page.",
  text: "Markdown, above all sections.",
  page: `What the page is about: ${pageKinds.join(", ")}; chosen by what is given where left out.`,
  runs: "Runs, tags, sweeps or files; those made from this file where left out.",
  panels: "Ids of the sections to show, and `text`, in their order; all where left out.",
  max_size: "Bytes of the page, such as 10MB.",
} as const;

const known = Object.keys(reportKeys);

/** `path` leads to `section`. */
export function readReportSection(
  section: Located,
  path: Path = ["report"],
): { readonly section: ReportSection; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const entries = section.type === "mapping" ? section.entries : new Map<string, Located>();
  const report = (value: Located, where: Path, text: string) =>
    problems.push({ place: value.place, path: where, text });
  const wrong = (key: string, expected: string) => {
    const value = entries.get(key)!;
    report(value, [...path, key], `expected ${expected}, got ${describe(value)}`);
    return null;
  };
  if (section.type !== "mapping")
    report(section, path, `expected keys such as title, text and runs, got ${describe(section)}`);
  for (const [key, value] of entries)
    if (!known.includes(key)) {
      const near = nearMiss(key, known);
      const hint = near === null ? "" : `, did you mean ${near}?`;
      report(value, [...path, key], `unknown key${hint} (known: ${known.join(", ")})`);
    }
  const words = (key: string, expected: string): string | null => {
    const value = entries.get(key);
    if (value === undefined) return null;
    if (value.type !== "scalar" || value.value === null) return wrong(key, expected);
    // A number as it was written: as a number a long one loses digits.
    return typeof value.value === "string" ? value.value : value.source;
  };
  const list = (key: string): string[] | null => {
    const value = entries.get(key);
    if (value === undefined) return null;
    const items = value.type === "list" ? value.items : [value];
    if (items.some((item) => item.type !== "scalar" || item.value === null))
      return wrong(key, "a list of words");
    return items.map((item) => (item.type === "scalar" ? item.source : ""));
  };
  const panels = list("panels");
  const written = entries.get("panels");
  for (const item of written?.type === "list" ? written.items : written === undefined ? [] : [written]) {
    const id = item.type === "scalar" && item.value !== null ? item.source : null;
    if (id === null || (sectionIds as readonly string[]).includes(id)) continue;
    const near = nearMiss(id, sectionIds);
    const hint = near === null ? "" : `, did you mean ${near}?`;
    report(
      item,
      [...path, "panels"],
      `no page has a section ${quoted(id)}${hint} (known: ${sectionIds.join(", ")})`,
    );
  }
  const page = words("page", pageKinds.join(", "));
  const isPage = (text: string): text is PageKind => (pageKinds as readonly string[]).includes(text);
  const size = words("max_size", "a size such as 10MB");
  const maxSize = size === null ? null : parseSize(size);
  return {
    section: {
      title: words("title", "a line of text"),
      text: words("text", "Markdown"),
      page: page === null || isPage(page) ? page : wrong("page", `one of ${pageKinds.join(", ")}`),
      runs: list("runs"),
      panels,
      maxSize: size !== null && maxSize === null ? wrong("max_size", "a size such as 10MB") : maxSize,
    },
    problems,
  };
}
