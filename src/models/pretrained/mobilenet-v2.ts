// MobileNetV2 (Sandler et al. 2018) with the layers and names of keras.applications, alpha 1.0. Keras pads by hand in
// front of strided convolutions; for kernels of 3x3 that is "same" at even and at odd sizes.

import type { KerasNetwork } from "./keras-layers.ts";
import { type PretrainedNetwork, pretrainedNetwork } from "./pretrained-network.ts";

/** Runs of blocks: widening, outputs, blocks, stride of the first. */
const runs = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;

const blocks = runs.flatMap(([widening, outputs, count, stride]) =>
  Array.from({ length: count }, (_, index) => ({ widening, outputs, stride: index === 0 ? stride : 1 })),
);

const network: KerasNetwork = (layers, pictures) => {
  const relu6 = { activation: "relu6" } as const;
  const norm = (name: string) => ({ norm: { name, scale: true } });
  let x = layers.convolution(pictures, {
    ...{ name: "Conv1", outputs: 32, size: [3, 3], stride: 2 },
    ...norm("bn_Conv1"),
    ...relu6,
  });
  for (const [index, { widening, outputs, stride }] of blocks.entries()) {
    const prefix = index === 0 ? "expanded_conv" : `block_${index}`;
    const named = (layer: string) => ({ name: `${prefix}_${layer}`, ...norm(`${prefix}_${layer}_BN`) });
    const inputs = layers.channels(x);
    const wide =
      widening === 1
        ? x
        : layers.convolution(x, {
            ...named("expand"),
            outputs: widening * inputs,
            size: [1, 1],
            ...relu6,
          });
    const filtered = layers.depthwise(wide, { ...named("depthwise"), size: [3, 3], stride, ...relu6 });
    const narrow = layers.convolution(filtered, { ...named("project"), outputs, size: [1, 1] });
    x = stride === 1 && inputs === outputs ? layers.add(x, narrow, "none") : narrow;
  }
  return layers.convolution(x, {
    ...{ name: "Conv_1", outputs: 1280, size: [1, 1] },
    ...norm("Conv_1_bn"),
    ...relu6,
  });
};

export const mobilenetV2: PretrainedNetwork = pretrainedNetwork({
  description: "MobileNetV2 (alpha 1.0, 224x224)",
  inputSize: 224,
  classes: 1000,
  network,
});
