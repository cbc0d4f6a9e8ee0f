// What gamma is told about each picture: finds the classifier that the experiment names and, unless it is trained
// along, asks it once about every image before training begins.

import type { PreparedDataset } from "../../datasets/prepare/prepare.ts";
import type { Engine } from "../../engine/engine.ts";
import { UserError } from "../../errors.ts";
import type { Embedding, EmbeddingSettings, EmbeddingSource } from "../../models/embedding.ts";
import { isEmbedded, type ModelConfig } from "../../models/models.ts";
import type { Store } from "../../store/open-store.ts";
import type { Asker, AskerOptions } from "./asker.ts";
import { askTrainedRun } from "./trained-run.ts";
import { allVectors, type VectorsContext } from "./vectors.ts";

export type OpenedEmbedding = Pick<Asker, "description" | "fingerprint"> & {
  readonly embedding: Embedding;
  /** A row of each image of the data set; null where the classifier is trained along. */
  readonly vectors: { readonly size: number; readonly values: Float32Array } | null;
};

export type EmbeddingContext = VectorsContext & {
  readonly store: Store;
  readonly engine: Engine;
  readonly threads: number | undefined;
};

/** What another network says about the images of a data set; null where the model is told nothing. */
export type Embed = (dataset: PreparedDataset) => Promise<OpenedEmbedding | null>;

export function embedderOf(model: ModelConfig, context: Omit<EmbeddingContext, "dataset">): Embed {
  return async (dataset) => (isEmbedded(model) ? openEmbedding(model, { ...context, dataset }) : null);
}

async function openEmbedding(model: EmbeddingSettings, context: EmbeddingContext): Promise<OpenedEmbedding> {
  const asker = await openAsker(model.classifier, { ...context, imageSize: context.dataset.size });
  try {
    const { size, description, fingerprint, network } = asker;
    if (model.fine_tune) {
      if (network === null) throw new UserError(`model.fine_tune: expected false for ${description}`);
      return { embedding: { size, trained: network }, vectors: null, description, fingerprint };
    }
    const values = await allVectors(asker, context);
    return { embedding: { size, trained: null }, vectors: { size, values }, description, fingerprint };
  } finally {
    await asker.close();
  }
}

/** The network that `config` names, to be asked about pictures of that size. */
export async function openAsker(
  config: EmbeddingSource,
  { store, engine, imageSize, threads }: Omit<EmbeddingContext, keyof VectorsContext> & AskerOptions,
): Promise<Asker> {
  const options = { engine, imageSize };
  if (config.kind === "trained") return askTrainedRun(config, store, options);
  const { askPretrainedFile } = await import("./pretrained-file.ts"); // its networks are large
  return askPretrainedFile(config, { ...options, threads });
}
