// What an exported file says about itself: where it comes from, what goes in and comes out, and whose images taught it.

import { celebaLicence, cifarLicence, cocoLicence } from "../../datasets/fetch/sources.ts";
import type { Experiment } from "../../experiment/experiment.ts";
import type { ModelOutput } from "../../models/model.ts";
import type { DatasetRow, RunRow } from "../../store/rows.ts";
import { ownVersion } from "../provenance.ts";
import type { ExportedInput } from "./picture-function.ts";
import type { TrainedNetwork } from "./trained-network.ts";

/** As the formats keep them: texts by name. */
export type Metadata = Readonly<Record<string, string>>;

export function originOf(
  run: RunRow,
  dataset: DatasetRow | undefined,
  network: Pick<TrainedNetwork, "epoch" | "step">,
): Metadata {
  const { experiment } = run;
  return {
    hueristic_version: ownVersion(),
    run: run.id,
    experiment: experiment.name,
    model: experiment.model.kind,
    epoch: String(network.epoch),
    step: String(network.step),
    data: dataset?.description ?? experiment.dataset.kind,
    data_fingerprint: run.datasetFingerprint,
    data_license: licenseNote(experiment.dataset),
    ...(run.teller && { told_by: run.teller.description }),
  };
}

const inputs: Readonly<Record<ExportedInput, string>> = {
  rgb: "rgb: uint8 [batch, height, width, 3], sRGB; only its lightness is used",
  L: "L: float32 [batch, 1, height, width], lightness of CIE Lab (D65), 0 to 100",
};

const outputs: Readonly<Record<ModelOutput, string>> = {
  chroma:
    "picture: uint8 [batch, height, width, 3], sRGB with the input's lightness; ab: float32 [batch, 2, height, width], a and b of CIE Lab as the network gives them, before colors that no screen shows are made paler",
  rgb: "picture: uint8 [batch, height, width, 3], sRGB, the network's own picture; ab: float32 [batch, 2, height, width], a and b of CIE Lab of that picture",
  labels: "probabilities: float32 [batch, labels], of every label by itself",
};

export function meaningOf(input: ExportedInput, output: ModelOutput): Metadata {
  return { input: inputs[input], output: outputs[output] };
}

type Data = Experiment["dataset"];

/** Who may use what was learned from the images is decided by those they belong to. */
function licenseNote(dataset: Data): string {
  if (dataset.kind === "union")
    return [...new Set(dataset.parts.map((part) => ofPart(part.dataset)))].join("; ");
  return ofPart(dataset);
}

function ofPart({ kind }: { readonly kind: Data["kind"] }): string {
  if (kind === "coco") return `COCO: ${cocoLicence}`;
  if (kind === "celeba") return `CelebA: ${celebaLicence}`;
  if (kind === "cifar10" || kind === "cifar100") return `CIFAR: ${cifarLicence}`;
  if (kind === "elsewhere") return "trained elsewhere: whoever trained it knows whose images it saw";
  if (kind === "synthetic") return "drawn by Hueristic: no images of others";
  return "images of a folder: their owners decide";
}
