// gamma: the "full version" of emilwallner/Coloring-greyscale-images. Between encoder and decoder every place learns
// what the whole picture shows: a classifier's output for the grey picture is laid beside each place and mixed in by
// a 1x1 convolution. There the classifier sees pictures scaled twice, almost constant; here they are scaled once.

import { concat, relu, reshape, type Tensor2D, type Tensor4D, tile } from "@tensorflow/tfjs-core";
import { convolution } from "../layers/convolution.ts";
import { evaluationPass } from "../layers/part.ts";
import type { Network, NetworkOptions } from "../network.ts";
import { prefixed, unprefixed } from "../prefixed.ts";
import { type ChainLayer, convolutionChain } from "../regression/convolution-chain.ts";
import { regressionNetwork } from "../regression/regression-network.ts";

const encoderLayers: readonly ChainLayer[] = [
  { name: "encoder1", outputs: 64, stride: 2 },
  { name: "encoder2", outputs: 128 },
  { name: "encoder3", outputs: 128, stride: 2 },
  { name: "encoder4", outputs: 256 },
  { name: "encoder5", outputs: 256, stride: 2 },
  { name: "encoder6", outputs: 512 },
  { name: "encoder7", outputs: 512 },
  { name: "encoder8", outputs: 256 },
];

const decoderLayers: readonly ChainLayer[] = [
  { name: "decoder1", outputs: 128, upsample: true },
  { name: "decoder2", outputs: 64, upsample: true },
  { name: "decoder3", outputs: 32 },
  { name: "decoder4", outputs: 16 },
  { name: "decoder5", outputs: 2, activation: "tanh", upsample: true },
];

export function gammaNetwork(options: NetworkOptions<unknown>): Network {
  const { imageSize, train, embedding } = options;
  if (!embedding) throw new Error("gamma: built without an embedding");
  const encoder = convolutionChain([imageSize, imageSize, 1], encoderLayers);
  const [height, width, channels] = encoder.output;
  const fusion = convolution("fusion", {
    input: [height, width, channels + embedding.size],
    outputs: 256,
    size: 1,
  });
  const decoder = convolutionChain(fusion.output, decoderLayers);
  const { trained } = embedding;
  const prefix = "classifier/";
  const classifier = prefixed(prefix, trained?.weights ?? {});
  const isTrained = new Set(trained?.trainable.map((name) => prefix + name));
  const pick = (chosen: boolean) =>
    Object.fromEntries(Object.entries(classifier).filter(([name]) => isTrained.has(name) === chosen));

  return regressionNetwork(
    {
      layers: [...(trained?.layers ?? []), ...encoder.rows, ...fusion.rows, ...decoder.rows],
      init: (seed) => ({
        ...encoder.init(seed).weights,
        ...fusion.init(seed).weights,
        ...decoder.init(seed).weights,
        ...pick(true),
      }),
      frozen: pick(false),
      inputs: trained ? {} : { embedding: { shape: [train.batch_size, embedding.size], dtype: "float32" } },
      predict(weights, inputs) {
        const pass = evaluationPass(weights);
        const luma = inputs.luma as Tensor4D;
        const vector = trained
          ? trained.embed(unprefixed(prefix, weights), luma)
          : (inputs.embedding as Tensor2D);
        const map = encoder.apply(pass, luma);
        const fused = fusion.apply(pass, concat([map, repeated(vector, map)], 3));
        return decoder.apply(pass, relu(fused));
      },
    },
    options,
  );
}

/** [N, E] -> [N, height, width, E], beside every place of the map. */
function repeated(vector: Tensor2D, map: Tensor4D): Tensor4D {
  const [batch, size] = vector.shape;
  const [, height, width] = map.shape;
  return tile(reshape(vector, [batch, 1, 1, size]), [1, height, width, 1]) as Tensor4D;
}
