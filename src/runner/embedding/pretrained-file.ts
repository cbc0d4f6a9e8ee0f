// A classifier trained on ImageNet, from a file that the user points to: weights for a network that we know, or an ONNX
// graph, which is run as it is.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import type { Tensor4D } from "@tensorflow/tfjs-core";
import { rgbToLumaChroma } from "../../color/ops.ts";
import type { EmbeddingSource } from "../../models/embedding.ts";
import { pretrained } from "../../models/pretrained/pretrained.ts";
import { greyPictures, pretrainedEmbedding } from "../../models/pretrained/pretrained-embedding.ts";
import { openFeatureExtractor } from "../../onnx-files/feature-extractor.ts";
import { readPretrainedWeights } from "../weight-files/pretrained-weights.ts";
import { type Asker, type AskerOptions, askedAtOnce, askNetwork } from "./asker.ts";

type PretrainedConfig = Exclude<EmbeddingSource, { kind: "trained" }>;

export type PretrainedOptions = AskerOptions & { readonly threads: number | undefined };

export async function askPretrainedFile(
  config: PretrainedConfig,
  options: PretrainedOptions,
): Promise<Asker> {
  const { kind, weights: file, output } = config;
  if (/\.onnx$/i.test(file)) return askOnnx(config, options);
  const network = await pretrained[kind].load();
  const embedding = pretrainedEmbedding(network, readPretrainedWeights(file, network, output), output);
  const description = `${kind} from ${path.basename(file)}, ${embedding.size} ${output}`;
  return askNetwork(embedding, { description, output }, options);
}

/** Grey pictures are made by the engine; the graph's first output is the answer, whatever it means. */
async function askOnnx(
  { kind, weights: file }: PretrainedConfig,
  options: PretrainedOptions,
): Promise<Asker> {
  const { engine, imageSize, threads } = options;
  const { inputSize } = await pretrained[kind].load();
  const classifier = await openFeatureExtractor(file, {
    defaultInputSize: inputSize,
    ...(threads !== undefined && { threads }),
  });
  const pictures = await engine.compile(
    ({ rgb }) => ({ pictures: greyPictures(rgbToLumaChroma(rgb as Tensor4D).luma, classifier.inputSize) }),
    {},
    { rgb: { shape: [askedAtOnce, imageSize, imageSize, 3], dtype: "uint8" } },
  );
  const nothing = engine.importState({});
  return {
    size: classifier.size,
    description: `${path.basename(file)}, ${classifier.size} numbers`,
    fingerprint: createHash("sha256")
      .update(`${classifier.inputSize} `)
      .update(readFileSync(file))
      .digest("hex"),
    network: null,
    async ask(rgb) {
      const made = await pictures.run(nothing, { rgb });
      return classifier.embed(made.pictures!, askedAtOnce);
    },
    async close() {
      await pictures.close();
      await classifier.close();
    },
  };
}
