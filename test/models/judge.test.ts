// What a discriminator says of a picture outside of training is what the training step, which agrees with PyTorch
// (pix2pix.test.ts), makes its loss of: hinge's loss of the generator is minus the mean logit of what it made.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Tensor4D } from "@tensorflow/tfjs-core";
import { rgbToLumaChroma } from "../../src/color/ops.ts";
import { specsOf } from "../../src/engine/engine.ts";
import { assertAllClose } from "../allclose.ts";
import { tested } from "../engine/engines-for-tests.ts";
import { goldenImages } from "../golden/formulas.ts";
import { networkOf } from "./networks-for-tests.ts";

const size = 32;

for (const [color, scales] of [
  ["lab", 1],
  ["rgb", 2],
] as const)
  test(`the score of ${color} pictures at ${scales} scales is the mean logit that training sees`, async () => {
    const model = `{kind: pix2pix, color: ${color}, width: 4, norm: instance, dropout: none, gan_loss: hinge, discriminator: {n_layers: 1, scales: ${scales}}}`;
    const network = networkOf(
      model,
      `image.size=${size}`,
      "train.batch_size=2",
      "train.discriminator_optimizer={name: sgd, learning_rate: 1e-20}",
    );
    const initial = network.init(3);
    const rgb = goldenImages([2, size, size, 3]);
    const step = await tested.compileStep(network.step, specsOf(initial), network.specs);
    const hyper = Object.fromEntries(
      Object.entries(network.hyper(1, 1)).map(([name, value]) => [name, Float32Array.of(value)]),
    );
    const { losses } = await step.run(tested.importState(initial), 1, { batch: { rgb }, noise: {}, hyper });
    await step.close();

    const names = new Set([...network.evaluated, ...network.judge!.judged]);
    const read = Object.fromEntries([...names].map((name) => [name, initial[name]!]));
    const call = await tested.compile(
      (inputs) => {
        const { luma } = rgbToLumaChroma(inputs.rgb as Tensor4D);
        const picture = network.predict(inputs, { luma });
        return { score: network.judge!.score(inputs, { luma, picture }) };
      },
      specsOf(read),
      { rgb: { shape: [2, size, size, 3], dtype: "uint8" } },
    );
    const { score } = await call.run(tested.importState(read), { rgb });
    await call.close();
    assert.equal(score!.length, 2);
    assert.notEqual(score![0], score![1]);
    const mean = (score![0]! + score![1]!) / 2;
    assertAllClose([-scales * mean], [losses.G_GAN![0]!], { relative: 1e-4, scale: 1e-2 });
  });
