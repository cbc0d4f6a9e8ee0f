// Where the numbers of a run come from: data, code, machine.

import { formatCount } from "../../../runs/format/numbers.ts";
import { formatDuration, formatTime } from "../../../runs/format/times.ts";
import { plural } from "../../../runs/format/words.ts";
import type { Fact } from "../../elements.ts";
import type { ReportRun } from "../../read-report-runs.ts";
import { engineNames, isElsewhere, trialWords } from "../../run-words.ts";

export function dataFacts({ run, dataset, skipped }: ReportRun): Fact[] {
  return [
    ["Data set", dataset?.description ?? "not recorded"],
    [
      "Seen / unseen",
      dataset === null
        ? "not recorded"
        : isElsewhere({ run })
          ? "not known"
          : `${formatCount(dataset.seenCount)} / ${formatCount(dataset.unseenCount)} images`,
    ],
    ["Image size", `${run.experiment.image.size} x ${run.experiment.image.size}`],
    ["Fingerprint", run.datasetFingerprint],
    ["Files left out", skipped.length === 0 ? "none" : plural(skipped.length, "file")],
  ];
}

export function provenanceFacts(data: ReportRun): Fact[] {
  const { run, durationMs } = data;
  const { provenance } = run;
  const dirty = provenance.gitDirty === true ? ", with uncommitted changes" : "";
  return [
    ["Run", run.id],
    ...(data.trial === null ? [] : [["Sweep", trialWords(data)!] as const]),
    ["Started", formatTime(run.createdAt)],
    [run.finishedAt === null ? "Last sign of life" : "Ended", formatTime(run.finishedAt ?? run.heartbeatAt)],
    ["Running time", formatDuration(durationMs)],
    ["Seed", String(run.experiment.seed)],
    [
      "Engine",
      isElsewhere({ run }) ? "not known" : `${engineNames[run.engine] ?? run.engine} on ${run.device}`,
    ],
    ["Commit", provenance.gitCommit === null ? "not in a git checkout" : `${provenance.gitCommit}${dirty}`],
    [
      "Packages",
      Object.entries(provenance.packages)
        .map(([name, version]) => `${name} ${version}`)
        .join(", "),
    ],
    ["Node.js", provenance.node],
    ["Computer", `${provenance.host}, ${provenance.platform}`],
    ["Processor", `${provenance.cpu}, ${plural(provenance.threads, "thread")}`],
    ["Experiment file", run.source ?? (isElsewhere({ run }) ? "none, imported" : "none, made in code")],
  ];
}
