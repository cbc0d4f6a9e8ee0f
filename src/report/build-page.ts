// A page from its runs: every section is made once; which pictures it shows can be chosen afterwards.

import { UserError } from "../errors.ts";
import type { PageKind } from "../experiment/report-section.ts";
import { nearMiss } from "../near-miss.ts";
import type { Definition } from "./definition.ts";
import type { Html } from "./html.ts";
import { numberPool } from "./numbers.ts";
import { type PageContext, type PageInput, pageContext } from "./page-context.ts";
import type { PageData } from "./page-data.ts";
import type { Page } from "./pages/page.ts";
import { pictureNumbers } from "./pictures/picture-numbers.ts";
import type { Thinning } from "./pictures/thinning.ts";
import type { BuiltSection, Figure, RenderedSection } from "./section.ts";
import { type Panel, panelData } from "./sections/curves/panels.ts";
import { text } from "./sections/text/html.ts";

/** What is shown, before its pictures are encoded. */
export type PageContent = {
  /** The kind of page; a class of the body. */
  readonly kind: PageKind | "index" | "color" | "message";
  readonly title: string;
  /** Whether there is so much of it that a browser had better lay out what is near only. */
  readonly isLarge: boolean;
  readonly badge: Html | null;
  readonly lead: Html | null;
  readonly sections: readonly Pick<RenderedSection, "id" | "title" | "body">[];
  readonly feet: readonly Html[];
  readonly data: PageData;
  /** Hashes of the pictures; a position is a number in `data` and in the sections. */
  readonly hashes: readonly string[];
};

export type BuiltPage = {
  /** Charts and drawings for `--png`, those of sections that a definition leaves out among them. */
  readonly panels: readonly Panel[];
  readonly figures: readonly Figure[];
  show(thinning: Thinning): ShownPage;
};

export type ShownPage = {
  readonly content: PageContent;
  /** Those of its sections that have pictures: all that another thinning changes. */
  readonly pictured: readonly RenderedSection[];
};

/** Runs from which on a page is large. */
const manyRuns = 60;

/** Throws UserError where the definition names a section that the page lacks. */
export function buildPage(page: Page, input: PageInput, definition: Definition | null = null): BuiltPage {
  const context = pageContext(page.complete?.(input) ?? input, page.names?.(input.runs));
  const written = definition?.text == null ? [] : [text({ text: definition.text })];
  const all = [...written, ...page.sections(context)].flatMap((placed) => placed.build(context) ?? []);
  const sections = arranged(all, page.kind, definition?.panels ?? null);
  const { title, badge, lead } = page.heading(context);
  const data = sharedData(context, sections);
  return {
    panels: all.flatMap(({ panels }) => panels),
    figures: all.flatMap(({ figures }) => figures),
    show(thinning) {
      const chosen = sections.map((section) => section.thinned(thinning));
      const pictures = pictureNumbers(chosen.flatMap((section) => section.pictures));
      const rendered = chosen.map((section) => section.render(pictures));
      const content: PageContent = {
        kind: page.kind,
        title: definition?.title ?? title,
        isLarge: context.runs.length > manyRuns,
        badge: badge ?? null,
        lead,
        sections: rendered,
        feet: rendered.flatMap(({ foot }) => foot ?? []),
        data: Object.assign({}, data, ...rendered.map((section) => section.data)) as PageData,
        hashes: pictures.hashes,
      };
      return { content, pictured: rendered.filter((_, at) => chosen[at]!.pictures.length > 0) };
    },
  };
}

function sharedData({ names, groups }: PageContext, sections: readonly BuiltSection[]): PageData {
  const numbers = numberPool();
  const panels = sections.flatMap((section) => section.panels.map((panel) => panelData(panel, numbers)));
  return {
    runs: names,
    groups: groups.map(({ label, runs, color }) => ({ label, runs, color })),
    panels,
    numbers: numbers.entries(),
  };
}

function arranged(
  sections: readonly BuiltSection[],
  kind: PageKind,
  ids: readonly string[] | null,
): readonly BuiltSection[] {
  if (ids === null) return sections;
  const byId = new Map(sections.map((section) => [section.id, section]));
  return ids.map((id) => {
    const section = byId.get(id);
    if (section !== undefined) return section;
    const known = [...byId.keys()];
    const near = nearMiss(id, known);
    throw new UserError(
      `panels: ${JSON.stringify(id.slice(0, 60))}: the page ${kind} has no such section${near === null ? "" : `, did you mean ${near}?`} (it has ${known.join(", ")})`,
    );
  });
}
