// hueristic compare: what two or more runs do not share, and what came of it.

import { UserError } from "../../errors.ts";
import type { Experiment } from "../../experiment/experiment.ts";
import type { PageContext } from "../../report/page-context.ts";
import type { Differences } from "../../report/sections/differences/model.ts";
import { bestOfSeveral } from "../../runs/best.ts";
import { differenceOf, differenceWords, type Origin, originOf } from "../../runs/comparable.ts";
import { countedOf, hasDiverged } from "../../runs/divergence.ts";
import { formatRepeats } from "../../runs/format/numbers.ts";
import { formatDuration } from "../../runs/format/times.ts";
import type { Better } from "../../runs/series.ts";
import { type Repeats, repeatsOf } from "../../statistics/repeats.ts";
import type { EarlierExperiment } from "../../store/earlier-experiments.ts";
import type { Store } from "../../store/open-store.ts";
import type { RunSummary } from "../../store/read-runs.ts";
import { type Command, type Context, type GlobalOptions, toJson } from "../context.ts";
import { numberOrDash, plainText } from "../print/format.ts";
import { findSummary } from "../print/read-summary.ts";
import { type Column, formatMarkdown, formatTable } from "../print/table.ts";
import { findRuns, runReference } from "../target/run-references.ts";

type CompareOptions = GlobalOptions & {
  readonly run: readonly string[] | undefined;
  readonly json: boolean;
  readonly markdown: boolean;
  readonly "every-run": boolean;
};

type Value = string | number | null;

/** One line of the comparison, a value for each run; null where a run has no such thing. */
type Row = {
  readonly name: string;
  readonly values: readonly Value[];
  /** Whether a run that diverged has none. */
  readonly isResult?: true;
  /** Which values are good, where they compare. */
  readonly better?: Better;
  /** Why none is the best. */
  readonly note?: string;
};

type Section = { readonly title: string; readonly rows: readonly Row[] };

export const compareCommand: Command<CompareOptions> = {
  command: "compare <run..>",
  summary: "What differs between runs, and their metrics side by side",
  options: (yargs) =>
    yargs
      .positional("run", { type: "string", array: true, describe: `Two or more. ${runReference}` })
      .option("every-run", {
        type: "boolean",
        default: false,
        describe: "A column for every run, where they are repeats with other seeds too",
      })
      .option("markdown", { type: "boolean", default: false, describe: "Tables for a page in Markdown" })
      .option("json", { type: "boolean", default: false, describe: "Machine-readable" })
      .example("$0 compare k3v9 latest", "Settings, code, data, versions and metrics")
      .example("$0 compare models.yaml --markdown", "Configurations of a sweep: means over their seeds"),

  async run(
    { run: refs = [], runs, json, markdown, "every-run": everyRun },
    { print, colors, width, output },
  ) {
    if (markdown && json) throw new UserError("compare: expected --markdown or --json, got both");
    const { openExisting } = await import("../target/existing-store.ts");
    const store = await openExisting(runs, { readonly: true }, output);
    try {
      const compared = (await findRuns(store, refs)).map((id) => findSummary(store, id));
      if (compared.length < 2)
        throw new UserError(`compare: expected two runs or more, got ${refs.join(" ")}`);
      const sections = await sectionsOf(store, compared);
      const diverged = compared.map(hasDiverged);
      const page = await pageOf(store, compared);
      const { differences } = await import("../../report/sections/differences/model.ts");
      const differing = differences(page);
      if (json) {
        print(
          toJson({
            runs: compared.map(({ id, name }) => ({ id, name })),
            ...byTitle(sections),
            configurations: page.groups.map(({ label, runs: members }) => ({
              label,
              runs: members.map((at) => compared[at]!.id),
              results: Object.fromEntries(
                sections.at(-1)!.rows.map((row) => [row.name, mergedOf(row, members, diverged)]),
              ),
            })),
            differences: differing?.found ?? [],
            not_compared: differing?.notCompared ?? [],
          }),
        );
        return 0;
      }
      const repeated = page.groups.some(({ runs: members }) => members.length > 1);
      const heads: readonly Head[] =
        repeated && !everyRun
          ? page.groups.map(({ label, runs: members }) => ({
              title: members.length > 1 ? `${label} (${members.length} seeds)` : label,
              members,
            }))
          : compared.map(({ id, name }, at) => ({ title: `${id} ${plainText(name)}`, members: [at] }));
      const show = <Each>(title: string, columns: readonly Column<Each>[], rows: readonly Each[]) => {
        if (markdown) return print(`### ${title}\n\n${formatMarkdown(columns, rows).join("\n")}\n\n`);
        const [titles, ...lines] = formatTable(columns, rows, width);
        print(`${colors.bold(titles!)}\n${lines.join("\n")}\n\n`);
      };
      for (const { title, rows } of sections) {
        if (rows.length > 0) show(title, columnsOf(title, heads), linesOf(rows, heads, diverged));
        else print(markdown ? `${title}: no difference\n\n` : `${colors.bold(title)}: no difference\n\n`);
      }
      const { emergenceComparison } = await import("../../report/sections/emergence/model.ts");
      const learned = emergenceComparison(page.runs, page.names);
      if (learned !== null) {
        const [, ...titles] = learned.columns;
        show("colors learned", textColumns(["colors learned", ...titles]), learned.rows);
      }
      if (differing !== null) await printDifferences(differing, show, print, colors);
      for (const [note, names] of notesOf(sections))
        output.info(`${names.join(", ")}: ${note}, so that none is marked as the best`);
      if (heads.some(({ members }) => !counted(members, diverged).mayBeBest))
        output.info(
          "what diverged is never the best, nor is a configuration of which a seed did; that seed has no part in its means",
        );
      return 0;
    } finally {
      store.close();
    }
  },
};

async function sectionsOf(store: Store, runs: readonly RunSummary[]): Promise<Section[]> {
  const { differingPaths, flatSettings } = await import("../../experiment/flat-settings.ts");
  const settings = runs.map((run) => settingsOf(run, store.earlierExperiments(run.id), flatSettings));
  const packages = runs.map(({ provenance }) => provenance.packages);
  const row = (name: string, read: (run: RunSummary, at: number) => Row["values"][number]): Row => ({
    name,
    values: runs.map(read),
  });
  const differing = (rows: readonly Row[]) => rows.filter(({ values }) => new Set(values).size > 1);
  return [
    {
      title: "settings",
      rows: differingPaths(settings).map((path) => row(path, (_, at) => settings[at]!.get(path) ?? null)),
    },
    {
      title: "code",
      rows: differing([
        row("commit", ({ provenance }) => provenance.gitCommit?.slice(0, 12) ?? null),
        row("with changes", ({ provenance }) =>
          provenance.gitDirty === null ? null : String(provenance.gitDirty),
        ),
      ]),
    },
    {
      title: "data",
      rows: differing([
        row("fingerprint", ({ datasetFingerprint }) => datasetFingerprint.slice(0, 12)),
        row(
          "description",
          ({ datasetFingerprint }) => store.dataset(datasetFingerprint)?.description ?? null,
        ),
      ]),
    },
    {
      title: "machine and versions",
      rows: differing([
        row("engine", ({ engine }) => engine),
        row("device", ({ device }) => device),
        row("host", ({ provenance }) => provenance.host),
        row("cpu", ({ provenance }) => provenance.cpu),
        row("threads", ({ provenance }) => provenance.threads),
        row("platform", ({ provenance }) => provenance.platform),
        row("node", ({ provenance }) => provenance.node),
        ...[...new Set(packages.flatMap(Object.keys))].map((name) =>
          row(name, (_, at) => packages[at]![name] ?? null),
        ),
      ]),
    },
    { title: "results", rows: [...standingRows(runs), ...metricRows(store, runs)] },
  ];
}

/** As the pages have them. */
async function pageOf(store: Store, runs: readonly RunSummary[]): Promise<PageContext> {
  const { readReportRuns } = await import("../../report/read-report-runs.ts");
  const { pageContext } = await import("../../report/page-context.ts");
  const ids = runs.map(({ id }) => id);
  return pageContext({ runs: readReportRuns(store, ids), sweep: null });
}

async function printDifferences(
  differences: Differences,
  show: (title: string, columns: readonly Column<readonly string[]>[], rows: readonly string[][]) => void,
  print: Context["print"],
  colors: Context["colors"],
): Promise<void> {
  const { differenceCells, differenceColumns, differenceNotes, mainSentences } = await import(
    "../../report/sections/differences/words.ts"
  );
  const { found } = differences;
  if (found.length > 0) {
    const columns = textColumns(differenceColumns).map((column, at) => ({
      ...column,
      expendable: at < 6 ? 0 : 1,
    }));
    print(`${colors.bold("more than chance?")}\n${mainSentences(differences).map(plainText).join("\n")}\n\n`);
    show("differences", columns, found.map(differenceCells));
  }
  print(`${differenceNotes(differences).map(plainText).join("\n")}\n`);
}

function textColumns(titles: readonly string[]): Column<readonly string[]>[] {
  return titles.map((title, at) => ({
    title,
    align: "left",
    expendable: 0,
    cell: (cells) => plainText(cells[at]!),
  }));
}

/** What a run was trained with; a setting that changed on the way as "10 until step 40, then 20". */
function settingsOf(
  { experiment }: RunSummary,
  earlier: readonly EarlierExperiment[],
  flat: (experiment: Experiment) => Map<string, string>,
): Map<string, string> {
  const settings = flat(experiment);
  for (const { untilStep, experiment: before } of earlier.toReversed())
    for (const [path, value] of flat(before))
      if (settings.get(path) !== value)
        settings.set(path, `${value} until step ${untilStep}, then ${settings.get(path) ?? "nothing"}`);
  return settings;
}

function standingRows(runs: readonly RunSummary[]): Row[] {
  return [
    { name: "status", values: runs.map(({ status }) => status) },
    { name: "epochs", values: runs.map(({ lastEpoch }) => lastEpoch ?? 0) },
    { name: "took", values: runs.map(({ durationMs }) => formatDuration(durationMs)) },
  ];
}

/** Newest values of losses and metrics of every set of images; the best one where they compare. */
function metricRows(store: Store, runs: readonly RunSummary[]): Row[] {
  const specs = new Map(runs.flatMap(({ specs }) => Object.entries(specs)));
  const measured = [...specs].filter(
    ([, { set, family }]) => set !== "train" && (family === "loss" || family === "metric"),
  );
  const setsOf = new Map(runs.map(({ id }) => [id, store.measuredSets(id)]));
  return measured.map(([name, { better }]) => {
    const values = runs.map(({ last }) => (Number.isFinite(last[name]) ? last[name]! : null));
    const origins = runs.flatMap(({ id, specs }): Origin[] => {
      const spec = specs[name];
      return spec ? [originOf(spec, setsOf.get(id)!)] : [];
    });
    const difference = differenceOf(origins);
    const row: Row = { name, values, isResult: true };
    if (difference !== null) return { ...row, note: differenceWords(difference, origins) };
    return better === null ? row : { ...row, better };
  });
}

/** A column: a run, or those that differ in their seed only. */
type Head = { readonly title: string; readonly members: readonly number[] };

/** A row with a value for each column. */
type Line = { readonly name: string; readonly values: readonly Merged[]; readonly best: number | null };

function linesOf(rows: readonly Row[], heads: readonly Head[], diverged: readonly boolean[]): Line[] {
  return rows.map((row) => {
    const { name, better } = row;
    const values = heads.map(({ members }) => mergedOf(row, members, diverged));
    const means = values.map((value, at) =>
      typeof value === "object" && counted(heads[at]!.members, diverged).mayBeBest
        ? (value?.mean ?? null)
        : null,
    );
    return { name, values, best: better === undefined ? null : bestOfSeveral(means, better) };
  });
}

function mergedOf(
  { values, isResult }: Row,
  members: readonly number[],
  diverged: readonly boolean[],
): Merged {
  const shown = isResult ? counted(members, diverged).counted : members;
  return merged(shown.map((at) => values[at]!));
}

function counted(members: readonly number[], diverged: readonly boolean[]) {
  return countedOf(members, (at) => diverged[at]!);
}

function columnsOf(title: string, heads: readonly Head[]): Column<Line>[] {
  return [
    { title, align: "left", expendable: 0, cell: ({ name }) => name },
    ...heads.map(
      ({ title: head, members }, at): Column<Line> => ({
        title: head,
        align: "left",
        expendable: 0,
        shortest: 12,
        cell: ({ values, best }) => `${text(values[at]!, members.length)}${best === at ? " *" : ""}`,
      }),
    ),
  ];
}

type Merged = Repeats | string | null;

/** What the runs of a column have in common: numbers as mean and deviation, else each different value. */
function merged(values: readonly Value[]): Merged {
  const numbers = values.filter((value) => typeof value === "number");
  if (numbers.length > 0) return repeatsOf(numbers);
  const found = [...new Set(values.filter((value) => typeof value !== "number"))];
  if (found.length === 0) return null;
  return found.length === 1 ? found[0]! : found.map((value) => value ?? "-").join(", ");
}

function text(value: Merged, members: number): string {
  if (value === null) return numberOrDash(value);
  if (typeof value === "string") return plainText(value);
  // Of what is the same in all there is no deviation to speak of.
  const words = value.spread === 0 ? numberOrDash(value.mean) : formatRepeats(value);
  return `${words}${value.count < members ? ` (of ${value.count})` : ""}`;
}

/** The names that a reason holds for, by reason. */
function notesOf(sections: readonly Section[]): Map<string, readonly string[]> {
  const notes = new Map<string, string[]>();
  for (const { name, note } of sections.flatMap(({ rows }) => rows))
    if (note !== undefined) notes.set(note, [...(notes.get(note) ?? []), name]);
  return notes;
}

function byTitle(sections: readonly Section[]) {
  return Object.fromEntries(
    sections.map(({ title, rows }) => [
      title.replaceAll(" ", "_"),
      Object.fromEntries(rows.map(({ name, values }) => [name, values])),
    ]),
  );
}
