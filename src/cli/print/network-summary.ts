// What an experiment's network is made of, built without an engine and without weights of a classifier.

import { datasetOf } from "../../datasets/datasets.ts";
import type { Experiment } from "../../experiment/experiment.ts";
import { inceptionResnetV2 } from "../../models/classifiers/inception-resnet-v2.ts";
import { mobilenetV2 } from "../../models/classifiers/mobilenet-v2.ts";
import type { LayerRow } from "../../models/layer-row.ts";
import { modelOf } from "../../models/models.ts";

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

export function summarizeNetwork(experiment: Experiment): NetworkSummary {
  const { model: config, image, train } = experiment;
  const model = modelOf(config);
  const embedding = embeddingSize(experiment);
  const labels = labelCount(experiment);
  const { layers, parameters } = model.build({
    model: config,
    imageSize: image.size,
    batchSize: train.batch_size,
    optimizer: train.optimizer,
    discriminatorOptimizer: train.discriminator_optimizer,
    embedding: { size: embedding, trained: null },
    labels,
  });
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
    assumed: model.needs === undefined ? null : assumed[model.needs],
    parts: partsOf(config.kind, layers),
  };
}

/** The numbers that gamma is told. How many labels a run of the user's own has is not looked up. */
function embeddingSize({ model }: Experiment): number {
  const usual = 1000;
  if (model.kind !== "gamma" || model.classifier.kind === "trained") return usual;
  const networks = { mobilenet_v2: mobilenetV2, inception_resnet_v2: inceptionResnetV2 };
  return networks[model.classifier.kind].sizes[model.classifier.output];
}

/** As many as the kind usually has. */
function labelCount({ dataset }: Experiment): number {
  return datasetOf(dataset).labels ?? 0;
}

/** The networks of a GAN apart; others are one. */
function partsOf(kind: string, layers: readonly LayerRow[]): NetworkPart[] {
  const networks = kind === "pix2pix" ? ["generator", "discriminator"] : [kind];
  return networks.map((name) => {
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
