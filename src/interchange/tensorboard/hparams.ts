// A run's settings and end as TensorBoard's hparams plugin has them. It makes a table of all runs of a folder: settings by path, and
// every scalar as a metric.

import type { Experiment } from "../../experiment/experiment.ts";
import { flatValues, labels } from "../../experiment/flat-settings.ts";
import type { RunRow } from "../../store/rows.ts";
import {
  dataTypes,
  type EventMessage,
  encodeHParams,
  type HParamsMessage,
  type JsonValueMessage,
} from "./event-proto.ts";
import { runFolderName } from "./run-events.ts";

export function sessionStart(run: RunRow): EventMessage {
  const { experiment, createdAt } = run;
  const startTimeSecs = createdAt / 1000;
  const hparams = hparamsOf(experiment);
  return hparamsEvent("_hparams_/session_start_info", startTimeSecs, {
    version: 0,
    sessionStartInfo: { hparams, groupName: runFolderName(run), startTimeSecs },
  });
}

export type RunEnd = { readonly status: RunRow["status"]; readonly finishedAt: number };

export function sessionEnd({ status, finishedAt }: RunEnd): EventMessage {
  const [success, failure] = [1, 2];
  const endTimeSecs = finishedAt / 1000;
  return hparamsEvent("_hparams_/session_end_info", endTimeSecs, {
    version: 0,
    sessionEndInfo: { status: status === "FINISHED" ? success : failure, endTimeSecs },
  });
}

function hparamsEvent(tag: string, wallTime: number, message: HParamsMessage): EventMessage {
  const content = encodeHParams(message);
  const metadata = { pluginData: { pluginName: "hparams", content } };
  // The plugin reads the metadata; each value has to have a tensor.
  const tensor = { dtype: dataTypes.float, tensorShape: { dim: [{ size: 1 }] }, floatVal: [0] };
  return { wallTime, step: 0, summary: { value: [{ tag, metadata, tensor }] } };
}

/** What is not set is left out; lists are JSON. */
function hparamsOf(experiment: Experiment): Record<string, JsonValueMessage> {
  const hparams: Record<string, JsonValueMessage> = {};
  for (const [path, value] of flatValues(experiment)) {
    if (labels.has(path) || value === null) continue;
    if (typeof value === "number") hparams[path] = { numberValue: value };
    else if (typeof value === "boolean") hparams[path] = { boolValue: value };
    else hparams[path] = { stringValue: typeof value === "string" ? value : JSON.stringify(value) };
  }
  return hparams;
}
