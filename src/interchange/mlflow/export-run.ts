// A run as MLflow has it: parameters, metrics with steps and times, tags, pictures and checkpoints as artifacts. What is there already is
// not sent again, so that a second call adds what is missing; the run here is named there by the tag `hueristic_run`.

import { statSync } from "node:fs";
import path from "node:path";
import sharp from "sharp";
import { UserError } from "../../errors.ts";
import { flatSettings, labels } from "../../experiment/flat-settings.ts";
import { plural } from "../../runs/format/words.ts";

import type { Store } from "../../store/open-store.ts";
import type { ImageRow, RunRow, Series } from "../../store/rows.ts";
import type { JsonNumber, KeyValue, Metric, MlflowClient, MlflowRun } from "./client.ts";

export type ExportedToMlflow = {
  /** There. */
  readonly runId: string;
  readonly isNew: boolean;
  /** Sent by this call. */
  readonly metrics: number;
  readonly artifacts: number;
  /** What could not be sent, a line each. */
  readonly notes: readonly string[];
};

type Source = Pick<Store, "getRun" | "allSeries" | "images" | "picture">;

/** Limits of a log-batch request: of each kind, and of all together where they come together, which they do not here. */
const mostMetrics = 1000;
const mostOthers = 100;
const longestParameter = 6000;
const longestKey = 250;
const longestTag = 5000;

/** Finds the experiment, or makes it; gives its id. */
export async function mlflowExperiment(client: MlflowClient, name: string): Promise<string> {
  const found = await client.find<{ experiment: { experiment_id: string; lifecycle_stage?: string } }>(
    "experiments/get-by-name",
    { experiment_name: name },
  );
  if (found?.experiment.lifecycle_stage === "deleted")
    throw new UserError(`experiment ${name}: is deleted there; restore it or export into another one`);
  if (found !== null) return found.experiment.experiment_id;
  return (await client.post<{ experiment_id: string }>("experiments/create", { name })).experiment_id;
}

/** `checkpoints` are files. Throws UserError where the server refuses; what was sent until then stays. */
export async function exportToMlflow(
  store: Source,
  runId: string,
  client: MlflowClient,
  { experimentId, checkpoints }: { readonly experimentId: string; readonly checkpoints: readonly string[] },
): Promise<ExportedToMlflow> {
  const row = store.getRun(runId);
  const notes: string[] = [];
  const { runs = [] } = await client.post<{ runs?: MlflowRun[] }>("runs/search", {
    experiment_ids: [experimentId],
    filter: `tags.hueristic_run = '${runId}'`,
    max_results: 1,
  });
  const tags = tagsOf(row);
  const there =
    runs[0] ??
    (
      await client.post<{ run: MlflowRun }>("runs/create", {
        experiment_id: experimentId,
        run_name: row.name,
        start_time: row.createdAt,
        tags: tags.slice(0, 1),
      })
    ).run;
  const mlflowId = there.info.run_id;
  const batch = (what: object) => client.post("runs/log-batch", { run_id: mlflowId, ...what });

  for (const part of parts(tags, mostOthers)) await batch({ tags: part });
  for (const part of parts(newParameters(row, there, notes), mostOthers)) await batch({ params: part });
  const metrics = await newMetrics(client, there, store.allSeries(runId), row, notes);
  for (const part of parts(metrics, mostMetrics)) await batch({ metrics: part });
  const artifacts = await sendArtifacts(store, row, client, there, checkpoints, notes);
  await client.post("runs/update", {
    run_id: mlflowId,
    run_name: row.name,
    status: row.status === "DEAD" ? "KILLED" : row.status,
    ...(row.finishedAt !== null && { end_time: row.finishedAt }),
  });
  return { runId: mlflowId, isNew: runs.length === 0, metrics: metrics.length, artifacts, notes };
}

/** The first one is that by which the run is found again. */
function tagsOf(row: RunRow): KeyValue[] {
  const { id, engine, device, note, experiment, provenance, datasetFingerprint } = row;
  const said: [string, string | null][] = [
    ["hueristic_run", id],
    ["mlflow.note.content", note || experiment.description],
    ["mlflow.source.git.commit", provenance.gitCommit],
    ["engine", engine],
    ["device", device],
    ["dataset_fingerprint", datasetFingerprint],
    ["tags", row.tags.join(", ")],
  ];
  return said.flatMap(([key, value]) => (value ? [{ key, value: value.slice(0, longestTag) }] : []));
}

/** Parameters are never changed there: those of a run that went on with others stay as they were first sent. */
function newParameters(row: RunRow, there: MlflowRun, notes: string[]): KeyValue[] {
  const known = new Map((there.data?.params ?? []).map(({ key, value }) => [key, value]));
  const parameters: KeyValue[] = [];
  for (const [name, value] of flatSettings(row.experiment)) {
    if (labels.has(name) || value === "null" || value === "") continue;
    const key = keyOf(name);
    const before = known.get(key);
    if (value.length > longestParameter)
      notes.push(`${name}: longer than ${longestParameter} characters, left out`);
    else if (before === undefined) parameters.push({ key, value });
    else if (before !== value)
      notes.push(`${name}: is ${before} there and cannot be changed; it is ${value} now`);
  }
  return parameters;
}

async function newMetrics(
  client: MlflowClient,
  there: MlflowRun,
  all: readonly Series[],
  { createdAt }: RunRow,
  notes: string[],
): Promise<Metric[]> {
  const logged = new Set((there.data?.metrics ?? []).map(({ key }) => key));
  const names = new Map<string, string>();
  const metrics: Metric[] = [];
  for (const { name, step, elapsedMs, value } of all) {
    const key = keyOf(name);
    if (names.has(key)) throw new UserError(`${names.get(key)} and ${name} would both be ${key} in MLflow`);
    names.set(key, name);
    const before = logged.has(key)
      ? await historyOf(client, there.info.run_id, key)
      : new Map<number, number>();
    let other = 0;
    for (let at = 0; at < step.length; at++) {
      const known = before.get(step[at]!);
      if (known === undefined)
        metrics.push({
          key,
          value: jsonNumber(value[at]!),
          timestamp: Math.round(createdAt + elapsedMs[at]!),
          step: step[at]!,
        });
      else if (!isSame(known, value[at]!)) other++;
    }
    if (other > 0)
      notes.push(
        `${name}: ${plural(other, "value")} there from before the run went back, which MLflow cannot replace: delete the run there and export it again`,
      );
  }
  return metrics;
}

/** Step -> value. */
async function historyOf(client: MlflowClient, runId: string, key: string): Promise<Map<number, number>> {
  type Page = { metrics?: { step?: number | string; value: JsonNumber }[]; next_page_token?: string };
  const values = new Map<number, number>();
  for (let token: string | undefined = ""; token !== undefined; ) {
    const query: Record<string, string> = { run_id: runId, metric_key: key, max_results: "25000" };
    const page: Page = await client.get<Page>(
      "metrics/get-history",
      token ? { ...query, page_token: token } : query,
    );
    for (const { step = 0, value } of page.metrics ?? []) values.set(Number(step), Number(value));
    token = page.next_page_token || undefined;
  }
  return values;
}

/** A server with a SQL database keeps infinities as the largest double. */
function isSame(there: number, here: number): boolean {
  if (Object.is(there, here) || there === here) return true;
  return Math.abs(here) === Number.POSITIVE_INFINITY && there === Math.sign(here) * Number.MAX_VALUE;
}

function jsonNumber(value: number): JsonNumber {
  return Number.isFinite(value) ? value : (String(value) as JsonNumber);
}

async function sendArtifacts(
  store: Source,
  row: RunRow,
  client: MlflowClient,
  { info }: MlflowRun,
  checkpoints: readonly string[],
  notes: string[],
): Promise<number> {
  const place = /^mlflow-artifacts:(?:\/\/[^/]*)?\/(.*)$/.exec(info.artifact_uri ?? "")?.[1];
  const images = store.images(row.id);
  if (place === undefined) {
    notes.push(
      `pictures and checkpoints left out: the server keeps artifacts at ${info.artifact_uri ?? "no place"}, not behind itself (mlflow server --serve-artifacts)`,
    );
    return 0;
  }
  const files: {
    readonly at: string;
    content(): Promise<Uint8Array | { readonly file: string }>;
    readonly size?: number;
  }[] = [
    {
      at: "experiment.json",
      content: async () => Buffer.from(`${JSON.stringify(row.experiment, null, 2)}\n`),
    },
    ...images.map((image) => ({
      at: pictureName(image),
      content: () => sharp(store.picture(image.blobHash).bytes).png().toBuffer(),
    })),
    ...checkpoints.map((file) => ({
      at: `checkpoints/${path.basename(file)}`,
      content: async () => ({ file }),
      size: statSync(file).size,
    })),
  ];
  const there = await artifactsThere(
    client,
    info.run_id,
    new Set(files.map(({ at }) => path.posix.dirname(at))),
  );
  let sent = 0;
  for (const { at, content, size } of files) {
    const known = there.get(at);
    if (known !== undefined && (size === undefined || known === size)) continue;
    await client.putArtifact(`${place}/${at}`, await content());
    sent++;
  }
  return sent;
}

function pictureName({ set, index, kind, epoch }: ImageRow): string {
  return `samples/${keyOf(set)}/${index}-${kind}-${String(epoch).padStart(6, "0")}.png`;
}

/** Path -> bytes, of the files in some folders. */
async function artifactsThere(
  client: MlflowClient,
  runId: string,
  folders: ReadonlySet<string>,
): Promise<Map<string, number>> {
  type Page = {
    files?: { path: string; is_dir?: boolean; file_size?: number | string }[];
    next_page_token?: string;
  };
  const found = new Map<string, number>();
  for (const folder of folders)
    for (let token: string | undefined = ""; token !== undefined; ) {
      const query = {
        run_id: runId,
        ...(folder !== "." && { path: folder }),
        ...(token && { page_token: token }),
      };
      const page: Page = await client.get<Page>("artifacts/list", query);
      for (const { path: at, is_dir, file_size } of page.files ?? [])
        if (!is_dir) found.set(at, Number(file_size ?? 0));
      token = page.next_page_token || undefined;
    }
  return found;
}

/** Letters, digits, `_`, `-`, `.`, `:`, `/` and blanks are what names may have there. */
function keyOf(name: string): string {
  return name.replaceAll(/[^\p{L}\p{N}_\-./: ]/gu, "_").slice(0, longestKey);
}

function* parts<Item>(items: readonly Item[], most: number): Generator<readonly Item[]> {
  for (let at = 0; at < items.length; at += most) yield items.slice(at, at + most);
}
