// What an experiment's network is made of, built without an engine and without weights of a classifier.

import { datasetOf } from "../../datasets/datasets.ts";
import type { Experiment } from "../../experiment/experiment.ts";
import type { LayerRow } from "../../models/layer-row.ts";
import type { TrainedNetwork } from "../../models/model.ts";
import { isEmbedded, modelOf } from "../../models/models.ts";
import { pretrained } from "../../models/pretrained/pretrained.ts";
import { buildNetwork } from "../../runner/build-network.ts";

/** Of one network, or of several together; multiply-adds are those of a forward pass over one image. */
type Totals = { readonly parameters: number; readonly multiplyAdds: number };

/** A network that has an optimizer of its own. */
export type NetworkPart = Totals & {
  readonly name: string;
  /** Named without the part. */
  readonly layers: readonly LayerRow[];
};

export type NetworkSummary = Totals & {
  readonly model: string;
  readonly description: string;
  readonly source: string;
  /** Side of the square images, pixels. */
  readonly imageSize: number;
  /** Size of the trainable parameters as float32. */
  readonly bytes: number;
  /** What was taken for a number that only data or another run can say; null where nothing was. */
  readonly assumed: string | null;
  readonly parts: readonly NetworkPart[];
};

export async function summarizeNetwork(experiment: Experiment): Promise<NetworkSummary> {
  const { model: config, image } = experiment;
  const model = modelOf(config);
  const embedding = await embeddingSize(experiment);
  const labels = labelCount(experiment);
  const extras = { embedding: { size: embedding, trained: null }, labels };
  const { layers, parameters } = await buildNetwork(experiment, extras);
  const assumed = {
    embedding: `a classifier that tells it ${embedding} numbers and is not counted`,
    labels: `${labels} labels`,
  };
  return {
    model: config.kind,
    description: model.description,
    source: model.source,
    imageSize: image.size,
    parameters,
    multiplyAdds: sum(layers, "multiplyAdds"),
    bytes: 4 * parameters,
    assumed: model.needs === null ? null : assumed[model.needs],
    parts: partsOf(model.networks, layers),
  };
}

/** How many numbers another network tells. How many labels a run of the user's own has is not looked up. */
async function embeddingSize({ model }: Experiment): Promise<number> {
  const usual = 1000;
  if (!isEmbedded(model) || model.classifier.kind === "trained") return usual;
  const { kind, output } = model.classifier;
  return (await pretrained[kind].load()).sizes[output];
}

/** As many as the kind usually has. */
function labelCount({ dataset }: Experiment): number {
  return datasetOf(dataset).labels(dataset) ?? 0;
}

/** The networks of a GAN apart; others are one. */
function partsOf(networks: readonly TrainedNetwork[], layers: readonly LayerRow[]): NetworkPart[] {
  return networks.map(({ name }) => {
    const prefix = networks.length > 1 ? `${name}/` : "";
    const own = layers
      .filter((layer) => layer.name.startsWith(prefix))
      .map((layer) => ({ ...layer, name: layer.name.slice(prefix.length) }));
    return {
      name,
      parameters: sum(own, "parameters"),
      multiplyAdds: sum(own, "multiplyAdds"),
      layers: own,
    };
  });
}

function sum(layers: readonly LayerRow[], key: "parameters" | "multiplyAdds"): number {
  return layers.reduce((total, layer) => total + layer[key], 0);
}
