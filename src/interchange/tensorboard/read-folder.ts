// What a TensorBoard log folder says: each folder in it that has event files is a run, with its scalars, pictures and settings. All that
// can be read is read; what cannot is said.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { messageOf, UserError } from "../../errors.ts";
import { plural } from "../../runs/format/words.ts";
import {
  dataTypes,
  decodeEvent,
  decodeSettings,
  type EventMessage,
  type TensorMessage,
  type ValueMessage,
} from "./event-proto.ts";
import { decodeRecords } from "./records.ts";

export type ReadPoint<Value> = {
  readonly step: number;
  /** Seconds since 1970. */
  readonly wallTime: number;
  readonly value: Value;
};

export type ReadRun = {
  /** Its folder within the log folder; "" for the log folder itself. */
  readonly name: string;
  /** SHA-256 over the event files, in order. */
  readonly sha256: string;
  /** Tag -> values by rising step. */
  readonly scalars: ReadonlyMap<string, readonly ReadPoint<number>[]>;
  /** Tag -> encoded pictures by rising step. */
  readonly pictures: ReadonlyMap<string, readonly ReadPoint<Uint8Array>[]>;
  /** Of the hparams plugin. */
  readonly settings: Readonly<Record<string, number | string | boolean>>;
  /** What could not be read, a line each. */
  readonly problems: readonly string[];
};

/** Throws UserError where there is no such folder, or no event file in it. */
export function readLogFolder(folder: string): ReadRun[] {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new UserError(`${folder}: expected a folder of TensorBoard's event files, which is not there`);
  const byFolder = new Map<string, string[]>();
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    if (!entry.isFile() || !entry.name.includes("tfevents") || entry.name.startsWith(".")) continue;
    byFolder.set(entry.parentPath, [...(byFolder.get(entry.parentPath) ?? []), entry.name]);
  }
  if (byFolder.size === 0)
    throw new UserError(
      `${folder}: expected event files, such as events.out.tfevents.…, got none in it or its folders`,
    );
  return [...byFolder]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([inside, names]) => readRun(path.relative(folder, inside), inside, names.toSorted()));
}

type Points<Value> = Map<string, Map<number, ReadPoint<Value>>>;

function readRun(name: string, folder: string, files: readonly string[]): ReadRun {
  const scalars: Points<number> = new Map();
  const pictures: Points<Uint8Array> = new Map();
  const plugins = new Map<string, string>();
  const settings: Record<string, number | string | boolean> = {};
  const problems: string[] = [];
  const hash = createHash("sha256");
  let replaced = 0;
  const unread = new Map<string, number>();

  const put = <Value>(points: Points<Value>, tag: string, point: ReadPoint<Value>) => {
    const ofTag = points.get(tag) ?? new Map<number, ReadPoint<Value>>();
    points.set(tag, ofTag);
    if (ofTag.has(point.step)) replaced++;
    ofTag.set(point.step, point);
  };
  /** A session that starts anew takes back what was logged from its first step on. */
  const forget = (points: Points<unknown>, from: number) => {
    for (const ofTag of points.values())
      for (const step of ofTag.keys()) if (step >= from) ofTag.delete(step);
  };
  const take = ({ step, wallTime }: { step: number; wallTime: number }, message: ValueMessage) => {
    const { tag = "", metadata, simpleValue, image, tensor } = message;
    const plugin = metadata?.pluginData?.pluginName;
    if (plugin && !plugins.has(tag)) plugins.set(tag, plugin);
    if (plugin === "hparams" && metadata?.pluginData?.content)
      Object.assign(settings, decodeSettings(metadata.pluginData.content));
    const kind = plugins.get(tag);
    if (kind === "hparams") return;
    const number = simpleValue ?? (tensor && kind !== "images" ? scalarOf(tensor) : undefined);
    const encoded = image?.encodedImageString
      ? [image.encodedImageString]
      : kind === "images"
        ? picturesOf(tensor)
        : [];
    if (number !== undefined) put(scalars, tag, { step, wallTime, value: number });
    encoded.forEach((value, at) => {
      put(pictures, encoded.length === 1 ? tag : `${tag}#${at}`, { step, wallTime, value });
    });
    if (number === undefined && encoded.length === 0) {
      const what = kind ?? "unknown kind";
      unread.set(what, (unread.get(what) ?? 0) + 1);
    }
  };

  for (const file of files) {
    const whole = path.join(folder, file);
    try {
      const bytes = readFileSync(whole);
      hash.update(bytes);
      const { records, problem } = decodeRecords(bytes);
      if (problem !== null)
        problems.push(`${whole}: ${problem}; ${plural(records.length, "event")} before it were read`);
      for (const record of records) {
        const { step = 0, wallTime = 0, summary, sessionLog }: EventMessage = decodeEvent(record);
        if (sessionLog?.status === 1) for (const points of [scalars, pictures]) forget(points, step);
        for (const value of summary?.value ?? []) take({ step, wallTime }, value);
      }
    } catch (error) {
      problems.push(`${whole}: cannot be read: ${messageOf(error)}`);
    }
  }
  if (replaced > 0)
    problems.push(
      `${folder}: ${plural(replaced, "value")} at a step that was there already: the later ones count`,
    );
  for (const [kind, count] of unread)
    problems.push(`${folder}: ${plural(count, "value")} of ${kind} left out: neither numbers nor pictures`);
  return {
    name,
    sha256: hash.digest("hex"),
    scalars: inOrder(scalars),
    pictures: inOrder(pictures),
    settings,
    problems,
  };
}

function inOrder<Value>(points: Points<Value>): Map<string, ReadPoint<Value>[]> {
  return new Map(
    [...points]
      .map(([tag, byStep]) => [tag, [...byStep.values()].toSorted((a, b) => a.step - b.step)] as const)
      .filter(([, values]) => values.length > 0),
  );
}

/** The number of a tensor that has one; undefined for others. */
function scalarOf({ dtype, tensorShape, tensorContent, ...lists }: TensorMessage): number | undefined {
  const size = (tensorShape?.dim ?? []).reduce((product, { size = 0 }) => product * size, 1);
  if (size !== 1) return undefined;
  const bytes = tensorContent?.length ? Buffer.from(tensorContent) : null;
  switch (dtype) {
    case dataTypes.float:
      return bytes ? bytes.readFloatLE() : (lists.floatVal?.[0] ?? 0);
    case dataTypes.double:
      return bytes ? bytes.readDoubleLE() : (lists.doubleVal?.[0] ?? 0);
    case dataTypes.int32:
      return bytes ? bytes.readInt32LE() : (lists.intVal?.[0] ?? 0);
    case dataTypes.int64:
      return bytes ? Number(bytes.readBigInt64LE()) : (lists.int64Val?.[0] ?? 0);
    default:
      return undefined;
  }
}

/** The images plugin's tensor: width and height as texts, then pictures. */
function picturesOf(tensor: TensorMessage | undefined): readonly Uint8Array[] {
  return tensor?.dtype === dataTypes.string ? (tensor.stringVal ?? []).slice(2) : [];
}
