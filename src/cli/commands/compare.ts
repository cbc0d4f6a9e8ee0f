// hueristic compare: what two or more runs do not share, and what came of it.

import { UserError } from "../../errors.ts";
import type { Experiment } from "../../experiment/experiment.ts";
import type { Differences } from "../../report/sections/differences/model.ts";
import { bestOfSeveral } from "../../runs/best.ts";
import { differenceOf, differenceWords, imagesOfSet, type Origin } from "../../runs/comparable.ts";
import { formatDuration } from "../../runs/format/times.ts";
import type { EarlierExperiment } from "../../store/earlier-experiments.ts";
import type { Store } from "../../store/open-store.ts";
import type { RunSummary } from "../../store/read-runs.ts";
import { type Command, type Context, type GlobalOptions, toJson } from "../context.ts";
import { numberOrDash, plainText } from "../print/format.ts";
import { findSummary } from "../print/read-summary.ts";
import { type Column, formatTable } from "../print/table.ts";
import { findRuns, runReference } from "../target/run-references.ts";

type CompareOptions = GlobalOptions & { readonly run: readonly string[] | undefined; readonly json: boolean };

/** One line of the comparison; null where a run has no such thing. */
type Row = {
  readonly name: string;
  readonly values: readonly (string | number | null)[];
  readonly best?: number;
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
      .option("json", { type: "boolean", default: false, describe: "Machine-readable" })
      .example("$0 compare k3v9 latest", "Settings, code, data, versions and metrics"),

  async run({ run: refs = [], runs, json }, { print, colors, width, output }) {
    const { openExisting } = await import("../target/existing-store.ts");
    const store = await openExisting(runs, { readonly: true }, output);
    try {
      const compared = (await findRuns(store, refs)).map((id) => findSummary(store, id));
      if (compared.length < 2)
        throw new UserError(`compare: expected two runs or more, got ${refs.join(" ")}`);
      const sections = await sectionsOf(store, compared);
      const differences = await differencesOf(store, compared);
      if (json) {
        print(
          toJson({
            runs: compared.map(({ id, name }) => ({ id, name })),
            ...byTitle(sections),
            differences: differences?.found ?? [],
            not_compared: differences?.notCompared ?? [],
          }),
        );
        return 0;
      }
      const heads = compared.map(({ id, name }) => `${id} ${plainText(name)}`);
      for (const { title, rows } of sections) {
        if (rows.length === 0) {
          print(`${colors.bold(title)}: no difference\n\n`);
          continue;
        }
        const [titles, ...lines] = formatTable(columnsOf(title, heads), rows, width);
        print(`${colors.bold(titles!)}\n${lines.join("\n")}\n\n`);
      }
      if (differences !== null) await printDifferences(differences, { print, colors, width });
      for (const { name, note } of sections.flatMap(({ rows }) => rows))
        if (note !== undefined) output.info(`${name}: ${note}, so that none is marked as the best`);
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
async function differencesOf(store: Store, runs: readonly RunSummary[]): Promise<Differences | null> {
  const { readReportRuns } = await import("../../report/read-report-runs.ts");
  const { pageContext } = await import("../../report/page-context.ts");
  const { differences } = await import("../../report/sections/differences/model.ts");
  const ids = runs.map(({ id }) => id);
  return differences(pageContext({ runs: readReportRuns(store, ids), sweep: null }));
}

async function printDifferences(
  differences: Differences,
  { print, colors, width }: Pick<Context, "print" | "colors" | "width">,
): Promise<void> {
  const { differenceCells, differenceColumns, differenceNotes, mainSentences } = await import(
    "../../report/sections/differences/words.ts"
  );
  const { found } = differences;
  if (found.length > 0) {
    const columns = differenceColumns.map(
      (title, at): Column<readonly string[]> => ({
        title,
        align: "left",
        expendable: at < 6 ? 0 : 1,
        cell: (cells) => plainText(cells[at]!),
      }),
    );
    const [titles, ...lines] = formatTable(columns, found.map(differenceCells), width);
    print(`${colors.bold("more than chance?")}\n${mainSentences(differences).map(plainText).join("\n")}\n\n`);
    print(`${colors.bold(titles!)}\n${lines.join("\n")}\n\n`);
  }
  print(`${differenceNotes(differences).map(plainText).join("\n")}\n`);
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
  const setsOf = new Map(runs.map(({ id }) => [id, store.evaluationSets(id)]));
  return measured.map(([name, { set, better }]) => {
    const values = runs.map(({ last }) => (Number.isFinite(last[name]) ? last[name]! : null));
    const origins = runs.flatMap(({ id, datasetFingerprint, specs }): Origin[] => {
      const spec = specs[name];
      return spec ? [{ spec, images: imagesOfSet(set, datasetFingerprint, setsOf.get(id)!) }] : [];
    });
    const difference = differenceOf(origins);
    if (difference !== null) return { name, values, note: differenceWords(difference, origins) };
    const best = bestOfSeveral(values, better);
    return best === null ? { name, values } : { name, values, best };
  });
}

function columnsOf(title: string, heads: readonly string[]): Column<Row>[] {
  return [
    { title, align: "left", expendable: 0, cell: ({ name }) => name },
    ...heads.map(
      (head, at): Column<Row> => ({
        title: head,
        align: "left",
        expendable: 0,
        shortest: 12,
        cell: ({ values, best }) => `${text(values[at]!)}${best === at ? " *" : ""}`,
      }),
    ),
  ];
}

function text(value: Row["values"][number]): string {
  return typeof value === "string" ? plainText(value) : numberOrDash(value);
}

function byTitle(sections: readonly Section[]) {
  return Object.fromEntries(
    sections.map(({ title, rows }) => [
      title.replaceAll(" ", "_"),
      Object.fromEntries(rows.map(({ name, values }) => [name, values])),
    ]),
  );
}
