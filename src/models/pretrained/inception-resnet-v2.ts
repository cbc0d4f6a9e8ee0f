// Inception-ResNet-v2 (Szegedy et al. 2017) with the layers and names of keras.applications. Most of its layers have
// no name of their own: Keras numbers them in the order in which they are made, and so does this file.

import type { KerasLayers, KerasNetwork } from "./keras-layers.ts";
import { type PretrainedNetwork, pretrainedNetwork } from "./pretrained-network.ts";

/** A convolution with batch norm and ReLU: outputs, height and width of the kernel, halving ones without padding. */
type Step = readonly [outputs: number, height: number, width: number, stride?: 1 | 2];

type Residual = {
  readonly kind: string;
  readonly count: number;
  readonly branches: readonly (readonly Step[])[];
  readonly scale: number;
};

const block35: Residual = {
  kind: "block35",
  count: 10,
  branches: [
    [[32, 1, 1]],
    [
      [32, 1, 1],
      [32, 3, 3],
    ],
    [
      [32, 1, 1],
      [48, 3, 3],
      [64, 3, 3],
    ],
  ],
  scale: 0.17,
};

const block17: Residual = {
  kind: "block17",
  count: 20,
  branches: [
    [[192, 1, 1]],
    [
      [128, 1, 1],
      [160, 1, 7],
      [192, 7, 1],
    ],
  ],
  scale: 0.1,
};

const block8: Residual = {
  kind: "block8",
  count: 10,
  branches: [
    [[192, 1, 1]],
    [
      [192, 1, 1],
      [224, 1, 3],
      [256, 3, 1],
    ],
  ],
  scale: 0.2,
};

function parts<Map>(layers: KerasLayers<Map>) {
  let made = 0;
  const numbered = (kind: string) => (made === 0 ? kind : `${kind}_${made}`);
  const step = (x: Map, [outputs, height, width, stride = 1]: Step, padding?: "valid") => {
    const options = {
      name: numbered("conv2d"),
      outputs,
      size: [height, width] as const,
      stride,
      padding: padding ?? (stride === 2 ? ("valid" as const) : ("same" as const)),
      norm: { name: numbered("batch_normalization"), scale: false },
      activation: "relu" as const,
    };
    made++;
    return layers.convolution(x, options);
  };
  const branch = (x: Map, steps: readonly Step[]) => steps.reduce((map, each) => step(map, each), x);
  const halved = (x: Map) => layers.pool(x, { kind: "max", size: 3, stride: 2, padding: "valid" });
  /** x plus what the branches add to it, scaled. */
  const residual = (x: Map, { kind, count, branches, scale }: Residual) => {
    let map = x;
    for (let index = 1; index <= count; index++) {
      const last = kind === "block8" && index === count;
      const up = layers.convolution(layers.concat(branches.map((steps) => branch(map, steps))), {
        name: `${kind}_${index}_conv`,
        outputs: layers.channels(x),
        size: [1, 1],
        norm: null,
        times: last ? 1 : scale,
      });
      map = layers.add(map, up, last ? "none" : "relu");
    }
    return map;
  };
  return { step, branch, halved, residual };
}

const network: KerasNetwork = (layers, pictures) => {
  const { step, branch, halved, residual } = parts(layers);
  let x = step(pictures, [32, 3, 3, 2]);
  x = step(x, [32, 3, 3], "valid");
  x = halved(step(x, [64, 3, 3]));
  x = step(x, [80, 1, 1], "valid");
  x = halved(step(x, [192, 3, 3], "valid"));

  const mixed5b = [
    branch(x, [[96, 1, 1]]),
    branch(x, [
      [48, 1, 1],
      [64, 5, 5],
    ]),
    branch(x, [
      [64, 1, 1],
      [96, 3, 3],
      [96, 3, 3],
    ]),
    branch(layers.pool(x, { kind: "average", size: 3, stride: 1, padding: "same" }), [[64, 1, 1]]),
  ];
  x = residual(layers.concat(mixed5b), block35);

  const mixed6a = [
    branch(x, [[384, 3, 3, 2]]),
    branch(x, [
      [256, 1, 1],
      [256, 3, 3],
      [384, 3, 3, 2],
    ]),
    halved(x),
  ];
  x = residual(layers.concat(mixed6a), block17);

  const mixed7a = [
    branch(x, [
      [256, 1, 1],
      [384, 3, 3, 2],
    ]),
    branch(x, [
      [256, 1, 1],
      [288, 3, 3, 2],
    ]),
    branch(x, [
      [256, 1, 1],
      [288, 3, 3],
      [320, 3, 3, 2],
    ]),
    halved(x),
  ];
  x = residual(layers.concat(mixed7a), block8);
  return layers.convolution(x, {
    name: "conv_7b",
    outputs: 1536,
    size: [1, 1],
    norm: { name: "conv_7b_bn", scale: false },
    activation: "relu",
  });
};

export const inceptionResnetV2: PretrainedNetwork = pretrainedNetwork({
  description: "Inception-ResNet-v2 (299x299)",
  inputSize: 299,
  classes: 1000,
  network,
});
