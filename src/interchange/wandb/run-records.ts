// A run as W&B's records: what it is, then for each step of training all values and sample pictures of that step, then the last value of
// each, then how it ended. Numbers are JSON as W&B writes it: NaN and infinities are words.

import { createHash } from "node:crypto";
import sharp from "sharp";
import { labels } from "../../experiment/flat-settings.ts";
import type { Store } from "../../store/open-store.ts";
import type { ImageRow, RunRow, Series } from "../../store/rows.ts";
import { imageTag } from "../tensorboard/run-events.ts";
import type { Item, RecordContent } from "./record-proto.ts";

export type RecordSource = Pick<Store, "getRun" | "allSeries" | "images" | "picture">;

export type MediaFile = {
  /** Within the folder `files`, with `/`. */
  readonly path: string;
  readonly bytes: Uint8Array;
};

/** W&B takes no longer ones, in characters. */
const longestTag = 64;

export function isTagForWandb(tag: string): boolean {
  return tag !== "" && [...tag].length <= longestTag;
}

/** Each picture is handed to `save` before the records that name it. */
export async function* runRecords(
  store: RecordSource,
  runId: string,
  { project, save }: { readonly project: string; readonly save: (file: MediaFile) => Promise<void> },
): AsyncGenerator<RecordContent> {
  const run = store.getRun(runId);
  yield runRecord(run, project);
  const pictures = new Map<number, ImageRow[]>();
  for (const image of store.images(runId)) {
    const step = image.epoch * run.stepsPerEpoch;
    pictures.set(step, [...(pictures.get(step) ?? []), image]);
  }
  const last = new Map<string, string>();
  let elapsedMs = 0;
  for (const { step, values, ...at } of valuesByStep(store.allSeries(runId), pictures.keys())) {
    // A step that has pictures alone has no time of its own.
    elapsedMs = at.elapsedMs ?? elapsedMs;
    const item = values.map(([key, value]): Item => ({ key, valueJson: numberJson(value) }));
    const files: { readonly path: string }[] = [];
    for (const image of pictures.get(step) ?? []) {
      const { file, entry } = await pictureOf(image, step, store.picture(image.blobHash).bytes);
      await save(file);
      files.push({ path: file.path });
      item.push({ key: imageTag(image), valueJson: JSON.stringify(entry) });
    }
    item.push(
      { key: "_step", valueJson: String(step) },
      { key: "_runtime", valueJson: String(elapsedMs / 1000) },
      { key: "_timestamp", valueJson: String((run.createdAt + elapsedMs) / 1000) },
    );
    for (const { key, valueJson } of item) last.set(key, valueJson);
    if (files.length > 0) yield { files: { files } };
    yield { history: { item, step: { num: step } } };
  }
  const runtime = Math.round(elapsedMs / 1000);
  last.set("_wandb", JSON.stringify({ runtime }));
  yield { summary: { update: [...last].map(([key, valueJson]) => ({ key, valueJson })) } };
  yield { exit: { exitCode: run.status === "FINISHED" ? 0 : 1, runtime } };
}

function runRecord(run: RunRow, project: string): RecordContent {
  const { id, name, note, tags, experiment, createdAt, provenance } = run;
  return {
    run: {
      runId: id,
      project,
      config: { update: configOf(run) },
      displayName: name,
      notes: note || experiment.description,
      tags: tags.filter(isTagForWandb),
      host: provenance.host,
      startTime: { seconds: Math.floor(createdAt / 1000), nanos: Math.round((createdAt % 1000) * 1e6) },
      git: provenance.gitCommit === null ? null : { commit: provenance.gitCommit },
    },
  };
}

/** The settings by section, which W&B takes apart, and what else the values depend on. */
function configOf(run: RunRow): Item[] {
  const { id, experiment, engine, device, datasetFingerprint, parameters, stepsPerEpoch, provenance } = run;
  const labelled = new Set([...labels].map((path) => path.split(".")[0]!));
  const settings = Object.entries(experiment).filter(([key]) => !labelled.has(key));
  const found = {
    run: id,
    engine,
    device,
    dataset_fingerprint: datasetFingerprint,
    parameters,
    steps_per_epoch: stepsPerEpoch,
    packages: provenance.packages,
  };
  return [...settings, ["hueristic", found] as const].map(([key, value]) => ({
    key,
    valueJson: JSON.stringify(value ?? null),
  }));
}

type StepValues = {
  readonly step: number;
  readonly values: readonly (readonly [name: string, value: number])[];
  /** Since the run began, of the value that was logged last; undefined where there is none. */
  readonly elapsedMs: number | undefined;
};

/** By step, upwards; `more` are steps that may have no values. */
function* valuesByStep(all: readonly Series[], more: Iterable<number>): Generator<StepValues> {
  const steps = new Set(more);
  for (const { step } of all) for (const at of step) steps.add(at);
  const places = new Map(all.map(({ name }) => [name, 0]));
  for (const step of [...steps].sort((a, b) => a - b)) {
    const values: [string, number][] = [];
    let elapsedMs: number | undefined;
    for (const series of all) {
      const place = places.get(series.name)!;
      if (series.step[place] !== step) continue;
      values.push([series.name, series.value[place]!]);
      elapsedMs = Math.max(series.elapsedMs[place]!, elapsedMs ?? 0);
      places.set(series.name, place + 1);
    }
    yield { step, values, elapsedMs };
  }
}

/** As W&B reads it back: NaN, Infinity, -Infinity, and no whole number that is too large for 64 bits. */
function numberJson(value: number): string {
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) return value.toExponential();
  return String(value);
}

async function pictureOf(image: ImageRow, step: number, stored: Uint8Array) {
  const { data, info } = await sharp(stored).png().toBuffer({ resolveWithObject: true });
  const sha256 = createHash("sha256").update(data).digest("hex");
  // W&B takes paths as patterns; names of sets that came from elsewhere may have anything in them.
  const set = image.set.replaceAll(/[^\p{L}\p{N}_-]+/gu, "_");
  const name = `${image.index}-${image.kind}_${step}_${sha256.slice(0, 20)}.png`;
  const file: MediaFile = { path: `media/images/${set}/samples/${name}`, bytes: data };
  const entry = {
    _type: "image-file",
    format: "png",
    width: info.width,
    height: info.height,
    size: data.length,
    sha256,
    path: file.path,
    caption: image.imageId,
  };
  return { file, entry };
}
