// What others logged for TensorBoard, as runs to compare with. Their experiment, data set and network are not known, and the run says
// so; steps stand for epochs, since nobody knows how many steps theirs had.

import path from "node:path";
import sharp from "sharp";
import { messageOf } from "../../errors.ts";
import { completeExperiment } from "../../experiment/complete-experiment.ts";
import type { Experiment } from "../../experiment/experiment.ts";
import { type ReadPoint, type ReadRun, readLogFolder } from "../../interchange/tensorboard/read-folder.ts";
import { plural } from "../../runs/format/words.ts";
import { type SeriesSpec, seriesKind, seriesName } from "../../runs/series.ts";
import { openStore, type Store } from "../../store/open-store.ts";
import type { NewImage } from "../../store/pictures.ts";
import type { RunWriter } from "../../store/run-writer.ts";
import { createElsewhereRun } from "./elsewhere-run.ts";
import { pictureSlots } from "./tensorboard-tags.ts";

export type ImportedLog = {
  /** null where the same is here already, whole: `already` is its run. */
  readonly id: string | null;
  readonly already: string | null;
  readonly name: string;
  readonly values: number;
  readonly pictures: number;
  readonly problems: readonly string[];
};

/** Throws UserError where the folder has no event files. */
export async function importTensorboard(
  runsFolder: string,
  logFolder: string,
  name: string | null,
): Promise<ImportedLog[]> {
  const read = readLogFolder(logFolder);
  const clock = { at: Date.now() };
  // The store's clock is that of the events, so that times are those at which they were logged.
  const store = openStore(runsFolder, { now: () => clock.at, monotonic: () => clock.at });
  const imported: ImportedLog[] = [];
  try {
    for (const log of read) {
      const base = name ?? path.basename(path.resolve(logFolder));
      imported.push(await importLog(store, clock, log, log.name === "" ? base : `${base}/${log.name}`));
    }
  } finally {
    clock.at = Date.now();
    store.close();
  }
  return imported;
}

async function importLog(
  store: Store,
  clock: { at: number },
  log: ReadRun,
  name: string,
): Promise<ImportedLog> {
  const problems = [...log.problems];
  const isSame = ({ experiment: { dataset, model } }: { readonly experiment: Experiment }) =>
    model.kind === "elsewhere" && dataset.kind === "elsewhere" && dataset.sha256 === log.sha256;
  const known = store.listRuns().find((run) => run.name === name && run.status === "FINISHED" && isSame(run));
  if (known) return { id: null, already: known.id, name, values: 0, pictures: 0, problems };

  const { images, skipped } = await picturesOf(log);
  problems.push(...skipped);
  const times = [...log.scalars.values(), ...log.pictures.values()].flat().map(millisecondsOf);
  const begin = smallest(times) ?? Date.now();
  const timeOf = (point: ReadPoint<unknown>) => Math.max(begin, millisecondsOf(point));
  clock.at = begin;
  const run = createRun(store, log, name);
  let [values, last] = [0, begin];
  const declared = new Set<string>();
  try {
    for (const [tag, points] of log.scalars) {
      const spec = specOf(tag, log.sha256);
      if (declared.has(seriesName(spec))) {
        problems.push(`${tag}: left out, as another tag is called so here: ${seriesName(spec)}`);
        continue;
      }
      declared.add(seriesName(spec));
      run.declare([spec]);
      const kept = points.filter(({ step }) => step >= 0);
      if (kept.length < points.length)
        problems.push(`${tag}: ${plural(points.length - kept.length, "value")} at negative steps left out`);
      for (const point of kept) {
        clock.at = timeOf(point);
        last = Math.max(last, clock.at);
        run.logScalars(point.step, { [seriesName(spec)]: point.value });
        if (++values % 10_000 === 0) run.flush();
      }
    }
    clock.at = last;
    run.logImages(images);
    const settings = JSON.stringify(log.settings);
    if (settings !== "{}") run.event("info", "hparams", `their settings: ${settings}`);
    for (const problem of problems) run.event("warning", "import", problem);
    run.finish("FINISHED");
  } catch (error) {
    clock.at = last;
    run.finish("FAILED", messageOf(error));
    throw error;
  }
  return { id: run.id, already: null, name, values, pictures: images.length, problems };
}

function createRun(store: Store, log: ReadRun, name: string): RunWriter {
  const complete = completeExperiment({ dataset: "synthetic" }, "import");
  const known: Experiment = {
    ...complete,
    name,
    description:
      "Logged elsewhere for TensorBoard and imported: network, images and settings of training are not known, and one step stands for one epoch.",
    model: { kind: "elsewhere" },
  };
  const imported = { file: log.name === "" ? name : log.name, sha256: log.sha256 };
  const { run } = createElsewhereRun(store, known, imported, 0);
  run.event("info", "import", `event files of TensorBoard, SHA-256 ${log.sha256}`);
  return run;
}

/** The set is what stands before the first slash. Values compare with those of the same import only: what they are nobody says. */
function specOf(tag: string, sha256: string): SeriesSpec {
  const [, before, behind] = /^([^/]+)\/(.+)$/.exec(tag) ?? [];
  const [set, name] =
    before === undefined ? ["logged", tag.replace(/^\/+/, "") || "value"] : [before, behind!];
  const isLoss = /(^|[/_])loss/i.test(name);
  const said = {
    name,
    title: name,
    better: isLoss ? "lower" : "none",
    family: isLoss ? "loss" : "metric",
    compares: `logged elsewhere, ${sha256.slice(0, 12)}`,
    description: `imported from TensorBoard's tag ${tag}`,
  } as const;
  return { ...seriesKind({ ...said, per: "step" }), set };
}

async function picturesOf(
  log: ReadRun,
): Promise<{ readonly images: NewImage[]; readonly skipped: string[] }> {
  const images: NewImage[] = [];
  const skipped: string[] = [];
  const slotOf = pictureSlots([...log.pictures.keys()]);
  const places = new Set<string>();
  for (const [tag, points] of log.pictures)
    for (const { step, value } of points) {
      const slot = slotOf(tag, step);
      const place = JSON.stringify(slot);
      if (step < 0 || places.has(place)) {
        skipped.push(`${tag}, step ${step}: left out, as its place is taken or its step negative`);
        continue;
      }
      places.add(place);
      try {
        const bytes = await sharp(value).toColourspace("srgb").webp({ lossless: true, effort: 4 }).toBuffer();
        images.push({ ...slot, imageId: tag, mime: "image/webp", bytes });
      } catch (error) {
        skipped.push(`${tag}, step ${step}: no picture that can be read: ${messageOf(error)}`);
      }
    }
  return { images, skipped };
}

/** 0 where it is no time at all. */
function millisecondsOf({ wallTime }: ReadPoint<unknown>): number {
  const milliseconds = Math.round(wallTime * 1000);
  return Number.isNaN(new Date(milliseconds).getTime()) ? 0 : milliseconds;
}

function smallest(values: readonly number[]): number | null {
  let least: number | null = null;
  for (const value of values) if (value > 0 && (least === null || value < least)) least = value;
  return least;
}
