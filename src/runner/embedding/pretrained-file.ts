// A classifier trained on ImageNet, from a file that the user points to: weights for a network that we know, or an ONNX
// graph, which is run as it is.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import type { Tensor4D } from "@tensorflow/tfjs-core";
import { rgbToLumaChroma } from "../../color/ops.ts";
import type { EmbeddingConfig } from "../../experiment/experiment.ts";
import { inceptionResnetV2 } from "../../models/classifiers/inception-resnet-v2.ts";
import { mobilenetV2 } from "../../models/classifiers/mobilenet-v2.ts";
import { greyPictures, pretrainedEmbedding } from "../../models/embedding-networks.ts";
import { readClassifierWeights } from "../classifier-weights.ts";
import { openOnnxClassifier } from "../onnx-classifier.ts";
import { type Asker, type AskerOptions, askedAtOnce, askNetwork } from "./asker.ts";

const networks = { mobilenet_v2: mobilenetV2, inception_resnet_v2: inceptionResnetV2 } as const;

type PretrainedConfig = Exclude<EmbeddingConfig, { kind: "trained" }>;

export type PretrainedOptions = AskerOptions & { readonly threads: number | undefined };

export async function askPretrainedFile(
  config: PretrainedConfig,
  options: PretrainedOptions,
): Promise<Asker> {
  const { kind, weights: file, output } = config;
  if (/\.onnx$/i.test(file)) return askOnnx(config, options);
  const network = networks[kind];
  const embedding = pretrainedEmbedding(network, readClassifierWeights(file, network, output), output);
  const description = `${kind} from ${path.basename(file)}, ${embedding.size} ${output}`;
  return askNetwork(embedding, { description, output }, options);
}

/** Grey pictures are made by the engine; the graph's first output is the answer, whatever it means. */
async function askOnnx(
  { kind, weights: file }: PretrainedConfig,
  options: PretrainedOptions,
): Promise<Asker> {
  const { engine, imageSize, threads } = options;
  const classifier = await openOnnxClassifier(file, {
    defaultInputSize: networks[kind].inputSize,
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
