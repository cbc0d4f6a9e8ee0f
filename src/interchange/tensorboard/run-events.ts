// A run as TensorBoard's events: asked again, only what has been logged since. Scalars are float32, as TensorBoard keeps them, with
// the step of training and the time at which they were logged, pauses left out; pictures are PNG.

import sharp from "sharp";
import { type SeriesSpec, seriesName } from "../../runs/series.ts";
import type { Store } from "../../store/open-store.ts";
import type { ImageRow, RunRow } from "../../store/rows.ts";
import type { EventMessage, ValueMessage } from "./event-proto.ts";

export type EventStore = Pick<Store, "getRun" | "specs" | "series" | "images" | "picture">;

export type RunEvents = {
  /** Series by series, by step; then pictures. */
  next(): AsyncGenerator<EventMessage>;
};

export function createRunEvents(store: EventStore, runId: string): RunEvents {
  const lastSteps = new Map<string, number>();
  const given = new Set<string>();
  const described = new Set<string>();
  /** Step -> milliseconds since the run began, for pictures, which have no time of their own. */
  const elapsed = new Map<number, number>();
  const { createdAt, stepsPerEpoch } = store.getRun(runId);
  const timeOf = (elapsedMs: number) => (createdAt + elapsedMs) / 1000;

  /** With its description where it is the first of its tag. */
  const value = (tag: string, plugin: string, description: string, content: ValueMessage): ValueMessage => {
    if (described.has(tag)) return { tag, ...content };
    described.add(tag);
    return {
      tag,
      metadata: { pluginData: { pluginName: plugin }, summaryDescription: description },
      ...content,
    };
  };

  function* scalars(): Generator<EventMessage> {
    for (const spec of store.specs(runId)) {
      const tag = seriesName(spec);
      const series = store.series(runId, tag, lastSteps.get(tag));
      if (series === undefined) continue;
      for (let at = 0; at < series.step.length; at++) {
        const step = series.step[at]!;
        const elapsedMs = series.elapsedMs[at]!;
        elapsed.set(step, Math.max(elapsedMs, elapsed.get(step) ?? 0));
        const content = { simpleValue: series.value[at]! };
        const summary = { value: [value(tag, "scalars", descriptionOf(spec), content)] };
        yield { wallTime: timeOf(elapsedMs), step, summary };
      }
      lastSteps.set(tag, series.step.at(-1)!);
    }
  }

  async function pictureEvent(image: ImageRow): Promise<EventMessage> {
    const { data, info } = await sharp(store.picture(image.blobHash).bytes)
      .png()
      .toBuffer({ resolveWithObject: true });
    const content = {
      image: { height: info.height, width: info.width, colorspace: info.channels, encodedImageString: data },
    };
    const tag = imageTag(image);
    const step = image.epoch * stepsPerEpoch;
    const summary = { value: [value(tag, "images", `${image.kind} picture of ${image.imageId}`, content)] };
    return { wallTime: timeOf(elapsed.get(step) ?? 0), step, summary };
  }

  return {
    async *next() {
      yield* scalars();
      for (const image of store.images(runId)) {
        const key = `${image.epoch} ${imageTag(image)}`;
        if (given.has(key)) continue;
        given.add(key);
        yield await pictureEvent(image);
      }
    },
  };
}

/** Such as "unseen/samples/0/colorized". */
export function imageTag({ set, index, kind }: Pick<ImageRow, "set" | "index" | "kind">): string {
  return `${set}/samples/${index}/${kind}`;
}

const betterWords = {
  higher: "higher is better",
  lower: "lower is better",
  one: "best near 1",
  none: "",
} as const;

/** One line of Markdown, such as "PSNR, dB; higher is better: peak signal-to-noise ratio". */
function descriptionOf({ title, unit, better, description }: SeriesSpec): string {
  const named = unit === "" ? title : `${title}, ${unit}`;
  const head = better === "none" ? named : `${named}; ${betterWords[better]}`;
  return description === "" ? head : `${head}: ${description}`;
}

/** Folder of the run within a log folder: TensorBoard calls runs by it. */
export function runFolderName({ name, id }: Pick<RunRow, "name" | "id">): string {
  return `${name.replaceAll(/[^\p{L}\p{N}._+=@-]+/gu, "_")}-${id}`;
}
