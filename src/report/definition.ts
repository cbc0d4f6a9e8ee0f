// A report that can be made again: which runs, which page, its title, its text, which sections in which order.

import path from "node:path";
import { UserError } from "../errors.ts";
import { describe, type Located, type Path, type Problem, problemLine } from "../experiment/located.ts";
import { readYaml } from "../experiment/read-yaml.ts";
import { nearMiss } from "../near-miss.ts";
import { html } from "./html.ts";
import { markdownHtml } from "./markdown.ts";
import { type PageContent, type PageKind, pageKinds, type Section } from "./page-content.ts";
import { parseSize } from "./parse-size.ts";

export type Definition = {
  readonly title: string | null;
  /** Markdown. */
  readonly text: string | null;
  readonly page: PageKind | null;
  /** Runs, tags or files; none where the command line names them. */
  readonly runs: readonly string[];
  /** Ids of sections, or `text`, in their order; null keeps those of the page. */
  readonly panels: readonly string[] | null;
  /** Bytes. */
  readonly maxSize: number | null;
};

const known = ["title", "text", "page", "runs", "panels", "max_size"] as const;

/** Whether the text has a `report:` section, or is a definition by itself. */
export function isDefinition(text: string): boolean {
  return /^report\s*:/m.test(text) || /^(runs|panels)\s*:/m.test(text);
}

/**
 * Of a file with a `report:` section only that is read, and where it names no runs those made from that file are meant.
 * Throws UserError with a line for each problem.
 */
export function readDefinition(text: string, file: string): Definition {
  const at = { file, folder: path.dirname(path.resolve(file)), line: 1 };
  const { value: root, problems } = readYaml(text, at);
  const fail = (list: readonly Problem[]) => {
    if (list.length > 0) throw new UserError(list.map(problemLine).join("\n"));
  };
  fail(problems);
  const isSection = root?.type === "mapping" && root.entries.has("report");
  const section = isSection ? root.entries.get("report")! : root;
  const prefix: Path = isSection ? ["report"] : [];
  if (section?.type !== "mapping")
    throw new UserError(
      `${file}: expected keys such as title, text and runs, got ${describe(section ?? null)}`,
    );
  const found: Problem[] = [];
  const report = (value: Located, key: string, expected: string) =>
    found.push({
      place: value.place,
      path: [...prefix, key],
      text: `expected ${expected}, got ${describe(value)}`,
    });
  for (const [key, value] of section.entries)
    if (!(known as readonly string[]).includes(key)) {
      const near = nearMiss(key, known);
      const hint = near === null ? "" : `, did you mean ${near}?`;
      found.push({
        place: value.place,
        path: [...prefix, key],
        text: `unknown key${hint} (known: ${known.join(", ")})`,
      });
    }
  const words = (key: string, expected: string): string | null => {
    const value = section.entries.get(key);
    if (value === undefined) return null;
    if (value.type === "scalar" && value.value !== null) return String(value.value);
    report(value, key, expected);
    return null;
  };
  const list = (key: string): string[] | null => {
    const value = section.entries.get(key);
    if (value === undefined) return null;
    const items = value.type === "list" ? value.items : [value];
    if (items.every((item) => item.type === "scalar" && item.value !== null))
      return items.map((item) => (item.type === "scalar" ? item.source : ""));
    report(value, key, "a list of words");
    return null;
  };
  const page = words("page", pageKinds.join(", "));
  if (page !== null && !(pageKinds as readonly string[]).includes(page))
    report(section.entries.get("page")!, "page", `one of ${pageKinds.join(", ")}`);
  const size = words("max_size", "a size such as 10MB");
  const maxSize = size === null ? null : parseSize(size);
  if (size !== null && maxSize === null)
    report(section.entries.get("max_size")!, "max_size", "a size such as 10MB");
  const definition = {
    title: words("title", "a line of text"),
    text: words("text", "Markdown"),
    page: page as PageKind | null,
    runs: list("runs") ?? (isSection ? [file] : []),
    panels: list("panels"),
    maxSize,
  };
  fail(found);
  return definition;
}

/** The page with the title, the text and the order of a definition. Throws UserError for a section that it lacks. */
export function arrangedPage(content: PageContent, definition: Definition | null): PageContent {
  if (definition === null) return content;
  const { title, text, panels } = definition;
  const written: Section | null =
    text === null
      ? null
      : { id: "text", title: "In short", body: html`<div class="text">${markdownHtml(text)}</div>` };
  const all = written === null ? content.sections : [written, ...content.sections];
  const byId = new Map(all.map((section) => [section.id, section]));
  const sections = panels?.map((id) => {
    const section = byId.get(id);
    if (section === undefined) {
      const ids = [...byId.keys()];
      const near = nearMiss(id, ids);
      throw new UserError(
        `panels: ${JSON.stringify(id.slice(0, 60))}: the page ${content.kind} has no such section${near === null ? "" : `, did you mean ${near}?`} (it has ${ids.join(", ")})`,
      );
    }
    return section;
  });
  return { ...content, title: title ?? content.title, sections: sections ?? all };
}
