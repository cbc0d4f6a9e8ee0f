// What a kind of page is: its heading, and the sections that it lists.

import type { PageKind } from "../../experiment/report-section.ts";
import type { Html } from "../html.ts";
import type { PageContext, PageInput } from "../page-context.ts";
import type { ReportRun } from "../read-report-runs.ts";
import type { PlacedSection } from "../section.ts";

export type Heading = {
  readonly title: string;
  /** Behind the title, such as a status. */
  readonly badge?: Html;
  readonly lead: Html;
};

export type Page = {
  readonly kind: PageKind;
  /** What it is made of, where that is more than what was given. */
  complete?(input: PageInput): PageInput;
  /** What its runs are called; left out, by what tells them apart. */
  names?(runs: readonly ReportRun[]): readonly string[];
  heading(context: PageContext): Heading;
  /** In their order; those that have nothing to show are left out. */
  sections(context: PageContext): readonly PlacedSection[];
};
