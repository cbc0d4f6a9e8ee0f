// hueristic show: everything that the store knows about one run.

import { familyName } from "../../color/hue-families.ts";
import type { Experiment } from "../../experiment/experiment.ts";
import { formatCount, formatShare } from "../../runs/format/numbers.ts";
import { formatDuration, formatTime } from "../../runs/format/times.ts";
import type { SeriesFamily } from "../../runs/series.ts";
import type { Store } from "../../store/open-store.ts";
import type { Emergence, FamilyEmergence } from "../../store/read-emergence.ts";
import type { MetricSummary } from "../../store/read-metrics.ts";
import type { DatasetRow, EventRow, Provenance, Series, SkippedFile } from "../../store/rows.ts";
import { type Command, type Context, type GlobalOptions, runsFlag, toJson } from "../context.ts";
import { colorStatus, numberOrDash, plainText } from "../print/format.ts";
import type { ListedRun } from "../print/read-summary.ts";
import { formatTable } from "../print/table.ts";
import { findRun, runReference } from "../target/run-references.ts";

type ShowOptions = GlobalOptions & { readonly run: string; readonly json: boolean };

type SeriesSummary = {
  readonly name: string;
  readonly family: SeriesFamily;
  readonly count: number;
  readonly last: number;
  readonly lastStep: number;
  readonly min: number | null;
  readonly minStep: number | null;
};

/** What --json prints. */
type ShownRun = ListedRun & {
  readonly source: string | null;
  readonly device: string;
  readonly parameters: number;
  readonly stepsPerEpoch: number;
  readonly heartbeatAt: string;
  readonly error: string | null;
  readonly datasetFingerprint: string;
  readonly datasetDetails: DatasetRow | null;
  readonly skippedFiles: readonly SkippedFile[];
  readonly checkpointFolder: string;
  readonly checkpoints: readonly string[];
  readonly resumeCommand: string | null;
  readonly emergence: Emergence | null;
  readonly measured: MetricSummary | null;
  /** Of the time of training and evaluation; null before the first epoch. */
  readonly evaluationShare: number | null;
  readonly series: readonly SeriesSummary[];
  readonly events: readonly EventRow[];
  readonly provenance: Provenance;
  readonly experiment: Experiment;
};

/** Those of a long run are many: the newest say where it stands. */
const mostEvents = 20;

export const showCommand: Command<ShowOptions> = {
  command: "show <run>",
  summary: "Everything about one run",
  options: (yargs) =>
    yargs
      .positional("run", {
        type: "string",
        demandOption: true,
        describe: runReference,
      })
      .option("json", { type: "boolean", default: false, describe: "Machine-readable" })
      .example("$0 show latest", "The newest run")
      .example("$0 show k3v9", "The run whose id begins so")
      .example("$0 show latest --json | jq .experiment", "For a script"),

  async run({ runs, run: ref, json }, context) {
    const { openExisting } = await import("../target/existing-store.ts");
    const store = await openExisting(runs, { readonly: true }, context.output);
    try {
      const run = await readRun(store, runs, await findRun(store, ref));
      context.print(json ? toJson(run) : await describeRun(run, context));
      return 0;
    } finally {
      store.close();
    }
  },
};

async function readRun(store: Store, runsFolder: string, id: string): Promise<ShownRun> {
  const { findSummary, readSummary } = await import("../print/read-summary.ts");
  const { readEmergence } = await import("../../store/read-emergence.ts");
  const { evaluationShare, readMetrics } = await import("../../store/read-metrics.ts");
  const { namesIfReadable } = await import("../../folder-names.ts");
  const path = await import("node:path");
  const run = findSummary(store, id);
  const series = store.allSeries(run.id);
  const seriesOf = (name: string) => series.find((each) => each.name === name);
  const checkpointFolder = path.join(runsFolder, run.id, "checkpoints");
  // There may be none yet, or the folder was moved without them.
  const checkpoints = namesIfReadable(checkpointFolder).filter((name) => name.endsWith(".safetensors"));
  const canResume = run.status === "KILLED" || run.status === "DEAD" || run.status === "FAILED";
  return {
    ...readSummary(store, run),
    source: run.source,
    device: run.device,
    parameters: run.parameters,
    stepsPerEpoch: run.stepsPerEpoch,
    heartbeatAt: new Date(run.heartbeatAt).toISOString(),
    error: run.error,
    datasetFingerprint: run.datasetFingerprint,
    datasetDetails: store.dataset(run.datasetFingerprint) ?? null,
    skippedFiles: store.skippedFiles(run.datasetFingerprint),
    checkpointFolder,
    checkpoints: checkpoints.sort(),
    resumeCommand: canResume ? `hueristic run --resume ${run.id}${runsFlag(runsFolder)}` : null,
    emergence: readEmergence(seriesOf, run.stepsPerEpoch),
    measured: readMetrics(series, run.stepsPerEpoch),
    evaluationShare: evaluationShare(seriesOf),
    series: series.map(summarizeSeries),
    events: store.events(run.id),
    provenance: run.provenance,
    experiment: run.experiment,
  };
}

function summarizeSeries({ name, spec, step, value }: Series): SeriesSummary {
  let least = -1;
  value.forEach((each, index) => {
    if (Number.isFinite(each) && !(each >= value[least]!)) least = index;
  });
  return {
    name,
    family: spec.family,
    count: value.length,
    last: value.at(-1)!,
    lastStep: step.at(-1)!,
    min: value[least] ?? null,
    minStep: step[least] ?? null,
  };
}

function emergenceTable({ families, epoch }: Emergence): string[] {
  return formatTable<FamilyEmergence>(
    [
      { title: "color", align: "left", expendable: 0, cell: ({ family }) => familyName(family) },
      { title: "real", align: "right", expendable: 0, cell: ({ real }) => formatShare(real) },
      { title: `epoch ${epoch}`, align: "right", expendable: 0, cell: ({ output }) => formatShare(output) },
      {
        title: "since epoch",
        align: "right",
        expendable: 0,
        cell: ({ since, judged }) => (judged ? String(since ?? "not yet") : "too rare"),
      },
    ],
    families,
    null,
  );
}

async function describeRun(run: ShownRun, { colors, width }: Context): Promise<string> {
  const { experimentToYaml } = await import("../../experiment/text/experiment-to-yaml.ts");
  const { provenance } = run;
  const lines: string[] = [];
  const section = (title: string) => lines.push("", colors.bold(title));
  const field = (name: string, text: string) => lines.push(`  ${name.padEnd(12)}${text}`);

  lines.push(`${colors.bold(run.id)}  ${plainText(run.name)}  ${colorStatus(run.status, colors)}`);
  if (run.experiment.description) lines.push(`  ${plainText(run.experiment.description)}`);
  if (run.error !== null)
    lines.push(...run.error.split("\n").map((line) => `  ${colors.red(plainText(line))}`));
  if (run.resumeCommand !== null) lines.push(`  to go on: ${colors.bold(run.resumeCommand)}`);

  section("Training");
  const isElsewhere = run.experiment.dataset.kind === "elsewhere";
  const epochs = `${run.epoch} of ${run.epochs} (step ${run.step}, ${run.stepsPerEpoch} an epoch)`;
  field("epoch", isElsewhere ? "not known: trained elsewhere" : epochs);
  field("model", `${run.model}, ${formatCount(run.parameters)} parameters`);
  field("engine", `${run.engine}, ${run.device}`);
  field("began", formatTime(Date.parse(run.createdAt), "second"));
  field("ended", run.finishedAt === null ? "-" : formatTime(Date.parse(run.finishedAt), "second"));
  const share = run.evaluationShare === null ? "" : `, ${formatShare(run.evaluationShare)} of it evaluation`;
  field("took", `${formatDuration(run.durationMs)}${share}`);
  const best =
    run.bestUnseenLoss === null ? "-" : `${numberOrDash(run.bestUnseenLoss)} in epoch ${run.bestUnseenEpoch}`;
  field("best unseen", best);
  if (run.tags.length > 0) field("tags", run.tags.map(plainText).join(", "));
  if (run.note !== "") field("note", plainText(run.note));
  const files = run.checkpoints.length === 0 ? "none" : run.checkpoints.join(", ");
  field("checkpoints", `${run.checkpointFolder} (${files})`);

  section("Images");
  field("data set", plainText(run.datasetDetails?.description ?? run.dataset));
  if (run.datasetDetails) {
    const { seenCount, unseenCount, size } = run.datasetDetails;
    const counts = isElsewhere ? "not known" : `${seenCount} seen, ${unseenCount} unseen`;
    field("counts", `${counts}, ${size}x${size} pixels`);
  }
  field("skipped", `${run.skippedFiles.length} ${run.skippedFiles.length === 1 ? "file" : "files"}`);
  field("fingerprint", run.datasetFingerprint);

  if (run.emergence) {
    const { emergenceLine } = await import("../print/emergence-line.ts");
    section("Colors");
    lines.push(`  ${emergenceLine(run.emergence)}`);
    lines.push(...emergenceTable(run.emergence).map((line) => `  ${line}`));
  }

  const inner = width === null ? null : width - 2;
  const { measured } = run;
  if (measured) {
    const { metricTable } = await import("../print/metric-table.ts");
    section("Metrics");
    lines.push("  newest values; docs/metrics.md says what they are");
    lines.push(...metricTable(measured, inner).map((line) => `  ${line}`));
  }

  section("Series");
  const shownAbove: readonly SeriesFamily[] = ["emergence", "real", "metric"];
  const series = run.series.filter(({ family }) => !shownAbove.includes(family));
  if (series.length < run.series.length) lines.push("  those of colors and metrics: --json has them");
  const table = formatTable<SeriesSummary>(
    [
      { title: "name", align: "left", expendable: 0, cell: ({ name }) => name },
      { title: "values", align: "right", expendable: 2, cell: ({ count }) => String(count) },
      { title: "last", align: "right", expendable: 0, cell: ({ last }) => numberOrDash(last) },
      { title: "min", align: "right", expendable: 0, cell: ({ min }) => numberOrDash(min) },
      { title: "at step", align: "right", expendable: 1, cell: ({ minStep }) => numberOrDash(minStep) },
    ],
    series,
    inner,
  );
  lines.push(...(run.series.length === 0 ? ["  none yet"] : table.map((line) => `  ${line}`)));

  section("Events");
  const older = run.events.length - mostEvents;
  if (older > 0) lines.push(`  ${older} older ones: --json has them`);
  for (const { at, level, kind, message } of run.events.slice(-mostEvents)) {
    const color = level === "error" ? colors.red : level === "warning" ? colors.yellow : String;
    lines.push(`  ${formatTime(at, "second")}  ${color(plainText(kind))}  ${plainText(message)}`);
  }
  if (run.events.length === 0) lines.push("  none");

  section("Provenance");
  field("source", run.source ?? (isElsewhere ? "none, imported" : "made in code"));
  field("command", provenance.command.map(plainText).join(" "));
  const dirty = provenance.gitDirty ? ", with uncommitted changes" : "";
  field("code", provenance.gitCommit === null ? "not a git checkout" : `${provenance.gitCommit}${dirty}`);
  field("machine", `${provenance.host}, ${provenance.platform}`);
  field("processor", `${provenance.cpu}, ${provenance.threads} threads`);
  field("node", provenance.node);
  for (const [name, version] of Object.entries(provenance.packages)) field("package", `${name} ${version}`);

  section("Experiment");
  const yaml = experimentToYaml(run.experiment).trimEnd();
  lines.push(...yaml.split("\n").map((line) => (line === "" ? "" : `  ${line}`)));
  return `${lines.join("\n")}\n`;
}
