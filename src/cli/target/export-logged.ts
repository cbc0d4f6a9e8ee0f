// What runs have logged, as other tools take it: what `hueristic export --format` does.

import { UserError } from "../../errors.ts";
import { formatBytes } from "../../format-bytes.ts";
import type { TableFormat } from "../../interchange/table/long-table-pieces.ts";
import { formatCount } from "../../runs/format/numbers.ts";
import { plural, shellWord } from "../../runs/format/words.ts";
import type { Store } from "../../store/open-store.ts";
import { type Context, type GlobalOptions, toJson } from "../context.ts";
import { openExisting } from "./existing-store.ts";
import { findRuns } from "./run-references.ts";

export const exportForms = ["csv", "json", "parquet", "tensorboard", "mlflow", "wandb"] as const;

export type LoggedOptions = {
  readonly format: (typeof exportForms)[number];
  /** File or folder; undefined is standard output where the form allows it. */
  readonly out: string | undefined;
  /** Address of a server; undefined where none is sent to. */
  readonly to: string | undefined;
};

type Options = GlobalOptions & LoggedOptions & { readonly force: boolean; readonly json: boolean };

/** Gives the exit code. */
export async function exportLogged(
  refs: readonly string[],
  options: Options,
  context: Context,
): Promise<number> {
  const { format, out, to } = options;
  if (format !== "mlflow" && to !== undefined)
    throw new UserError(`export: --to: expected --format mlflow beside it, got ${format}`);
  if (format === "mlflow" && out !== undefined)
    throw new UserError("export: --format mlflow: expected --to <address>, not --out");
  const store = await openExisting(options.runs, { readonly: true }, context.output);
  try {
    store.freeze(); // no file may have half of a run that is purged meanwhile
    const runIds = await findRuns(store, refs);
    if (format === "mlflow") await exportMlflow(store, runIds, options, context);
    else if (format === "tensorboard") await exportTensorboard(store, runIds, options, context);
    else if (format === "wandb") await exportWandb(store, runIds, options, context);
    else await exportTable(store, runIds, { ...options, format }, context);
    return 0;
  } finally {
    store.close();
  }
}

async function exportTable(
  store: Store,
  runIds: readonly string[],
  { format, out, force, json }: Options & { readonly format: TableFormat },
  { print, printAll }: Context,
): Promise<void> {
  const { longTablePieces } = await import("../../interchange/table/long-table-pieces.ts");
  if (out === undefined) {
    if (format === "parquet") throw new UserError("export: --format parquet: expected -o <file> beside it");
    if (json)
      throw new UserError("export: --json: expected -o <file> beside it; without it the table is printed");
    const { pieces } = longTablePieces(store, runIds, format);
    await printAll(pieces);
    return;
  }
  const { requireWritable } = await import("../../runner/export/require-writable.ts");
  const { writeWhole } = await import("../../whole-file.ts");
  requireWritable(out, force);
  const table = longTablePieces(store, runIds, format);
  await writeWhole(out, table.pieces);
  const { rows, bytes } = table.written();
  if (json) print(toJson({ file: out, format, runs: runIds, rows, bytes }));
  else print(`${out}: ${plural(runIds.length, "run")}, ${formatCount(rows)} values, ${formatBytes(bytes)}\n`);
}

async function exportTensorboard(
  store: Store,
  runIds: readonly string[],
  { out, force, json }: Options,
  { print, now }: Context,
): Promise<void> {
  if (out === undefined) throw new UserError("export: --format tensorboard: expected -o <folder> beside it");
  const { exportRunEvents } = await import("../../interchange/tensorboard/export-run.ts");
  const written: object[] = [];
  for (const run of runIds) {
    const done = await exportRunEvents(store, run, { logFolder: out, replace: force, now: now() });
    written.push({ run, ...done });
    if (!json) print(writtenLine({ ...done, values: done.scalars }));
  }
  if (json) print(toJson(written));
  else print(`look at them:  tensorboard --logdir ${shellWord(out)} --samples_per_plugin images=1000\n`);
}

function writtenLine({
  folder,
  values,
  pictures,
  bytes,
}: Readonly<Record<"values" | "pictures" | "bytes", number>> & { readonly folder: string }): string {
  return `${folder}: ${formatCount(values)} values, ${plural(pictures, "picture")}, ${formatBytes(bytes)}\n`;
}

async function exportWandb(
  store: Store,
  runIds: readonly string[],
  { out, force, json }: Options,
  { print, output }: Context,
): Promise<void> {
  if (out === undefined) throw new UserError("export: --format wandb: expected -o <folder> beside it");
  const { exportToWandb } = await import("../../interchange/wandb/export-run.ts");
  const written: object[] = [];
  for (const run of runIds) {
    const done = await exportToWandb(store, run, { outFolder: out, project: "hueristic", replace: force });
    written.push({ run, ...done });
    for (const note of done.notes) output.warn(`run ${run}: ${note}`);
    if (!json) print(writtenLine(done));
  }
  if (json) print(toJson(written));
  else print(`send them:  wandb sync ${shellWord(out)}\n`);
}

async function exportMlflow(
  store: Store,
  runIds: readonly string[],
  { runs, to, json }: Options,
  { print, output }: Context,
): Promise<void> {
  if (to === undefined)
    throw new UserError(
      "export: --format mlflow: expected --to <address> beside it, such as http://localhost:5000",
    );
  const { openMlflow } = await import("../../interchange/mlflow/client.ts");
  const { exportToMlflow, mlflowExperiment } = await import("../../interchange/mlflow/export-run.ts");
  const { checkpointFiles, checkpointFolder } = await import("../../runner/checkpoints.ts");
  const client = openMlflow(to);
  const experimentId = await mlflowExperiment(client, "hueristic");
  const sent: object[] = [];
  for (const run of runIds) {
    const checkpoints = checkpointFiles(checkpointFolder(runs, run));
    const { notes, ...done } = await exportToMlflow(store, run, client, { experimentId, checkpoints });
    sent.push({ run, ...done, notes });
    for (const note of notes) output.warn(`run ${run}: ${note}`);
    if (!json)
      print(
        `run ${run}: ${done.isNew ? "is" : "was there as"} ${done.runId}: ${formatCount(done.metrics)} values and ${plural(done.artifacts, "file")} sent\n`,
      );
  }
  if (json) print(toJson(sent));
}
