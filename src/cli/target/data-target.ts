// What `data info` and `data check` are asked about: an experiment file, a folder of images, a run, or a data set by its fingerprint.

import { stat } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../../errors.ts";
import type { Experiment } from "../../experiment/experiment.ts";
import type { Output } from "../../output.ts";
import { runMeant, runsMeant } from "../../runs/references.ts";
import type { Store } from "../../store/open-store.ts";
import type { RunRow } from "../../store/rows.ts";
import { knownWithFiles } from "./run-references.ts";

export type DataTarget = {
  readonly experiment: Experiment;
  /** What a run was trained on; null where nothing says what it should be. */
  readonly fingerprint: string | null;
};

type DataTargetOptions = {
  readonly command: string;
  readonly runsFolder: string;
  readonly output: Pick<Output, "warn">;
};

export async function readDataTarget(
  what: string,
  overrides: readonly string[],
  { command, runsFolder, output }: DataTargetOptions,
): Promise<DataTarget> {
  const other = overrides.find((text) => !text.includes("="));
  if (other !== undefined)
    throw new UserError(`${command}: expected key=value, got ${JSON.stringify(other)}`);
  const found = await stat(what).catch(() => null);
  if (found?.isDirectory()) return { experiment: await folderExperiment(what, overrides), fingerprint: null };
  if (found !== null || /\.ya?ml$/i.test(what) || what.includes(path.sep)) {
    const { loadExperiment } = await import("../../experiment/load-experiment.ts");
    return { experiment: loadExperiment(what, overrides), fingerprint: null };
  }
  if (overrides.length > 0) {
    throw new UserError(`${command}: a run is shown as it was, so expected no value, got ${overrides[0]}`);
  }
  const { openExisting } = await import("./existing-store.ts");
  const store = await openExisting(runsFolder, { readonly: true }, output);
  try {
    const byFingerprint = /^[0-9a-f]{9,64}$/.test(what)
      ? store.listRuns().find(({ datasetFingerprint }) => datasetFingerprint.startsWith(what))
      : undefined;
    const run = byFingerprint ?? (await runOfOneDataset(store, what));
    return { experiment: run.experiment, fingerprint: run.datasetFingerprint };
  } finally {
    store.close();
  }
}

/** Of several runs any one, where all are of one data set. */
async function runOfOneDataset(store: Store, what: string): Promise<RunRow> {
  const known = await knownWithFiles(store, [what]);
  const runs = runsMeant([what], known).map((id) => store.getRun(id));
  const [first] = runs;
  const isOne = new Set(runs.map(({ datasetFingerprint }) => datasetFingerprint)).size === 1;
  return first !== undefined && isOne ? first : store.getRun(runMeant(what, known));
}

/** As if a file named the folder; `dataset.kind=coco` reads it as COCO. Too few images for a training are no fault. */
async function folderExperiment(folder: string, overrides: readonly string[]): Promise<Experiment> {
  const { completeExperiment } = await import("../../experiment/complete-experiment.ts");
  const kind = overrides.findLast((text) => /^dataset(\.kind)?=\w+$/.test(text))?.split("=")[1] ?? "folder";
  const written = {
    dataset: { kind, root: path.resolve(folder) },
    train: { batch_size: 1 },
    samples: { seen: 1, unseen: 1 },
  };
  return completeExperiment(written, folder, overrides);
}
