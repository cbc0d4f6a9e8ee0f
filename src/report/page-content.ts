// What a page is before its pictures are encoded: headings, sections and the data of its scripts.

import type { PageKind } from "../experiment/report-section.ts";
import type { Html } from "./html.ts";
import { type NumberPool, numberPool } from "./numbers.ts";
import type { Panel } from "./panels.ts";
import type { ReportRun } from "./read-report-runs.ts";
import type { RunGroup } from "./run-names.ts";
import type { SweepInput } from "./sweep/trials.ts";

/** What a page is made of. */
export type PageInput = {
  readonly runs: readonly ReportRun[];
  /** Trials of a sweep, where one was named. */
  readonly sweep: SweepInput | null;
};

export type Section = {
  /** Element id; what a report definition calls it. */
  readonly id: string;
  readonly title: string;
  readonly body: Html;
};

export type Figure = {
  /** Of its file, without the ending. */
  readonly name: string;
  readonly svg: Html;
};

export type PageContent = {
  readonly kind: PageKind;
  readonly title: string;
  /** Whether there is so much of it that a browser had better lay out what is near only. */
  readonly isLarge: boolean;
  /** Behind the title, such as a status. */
  readonly badge: Html | null;
  readonly lead: Html | null;
  readonly sections: readonly Section[];
  /** JSON for the scripts. */
  readonly data: Readonly<Record<string, unknown>>;
  /** Charts that `--png` draws. */
  readonly panels: readonly Panel[];
  /** Drawings of the page that are no charts; `--png` makes pictures of them as well. */
  readonly figures?: readonly Figure[];
  /** Hashes of the pictures; a position is a number in `data` and in the sections. */
  readonly hashes: readonly string[];
};

/** Runs from which on a page is large. */
const manyRuns = 60;

export function isLargePage(runs: number): boolean {
  return runs > manyRuns;
}

/** What the curves of every page that compares runs need. */
export function comparedData(
  names: readonly string[],
  groups: readonly RunGroup[],
  panels: readonly Panel[],
) {
  const numbers = numberPool();
  return {
    runs: names,
    groups: groupData(groups),
    panels: panelData(panels, numbers),
    mixedPanels: false,
    numbers: numbers.entries(),
  };
}

export function groupData(groups: readonly RunGroup[]) {
  return groups.map(({ label, runs, color }) => ({ label, runs, color }));
}

export function panelData(panels: readonly Panel[], numbers: NumberPool) {
  return panels.map(({ id, title, reference, range, curves }) => ({
    id,
    title,
    reference,
    range,
    curves: curves.map(({ label, run, color, every, stepsPerEpoch, epoch, seconds, value }) => ({
      label,
      run,
      color,
      every,
      per: stepsPerEpoch,
      epoch: numbers.add(epoch),
      seconds: numbers.add(seconds),
      value: numbers.add(value),
    })),
  }));
}
