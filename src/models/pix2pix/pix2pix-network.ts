// pix2pix (Isola et al. 2017) as junyanz/pytorch-CycleGAN-and-pix2pix trains it: the discriminator steps first, and
// the generator meets the updated one. Also its three extensions: several scales with feature matching (pix2pixHD),
// self-attention and spectral norm (SAGAN).

import {
  abs,
  add,
  cast,
  concat,
  div,
  mean,
  mul,
  type Scalar,
  sub,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
} from "@tensorflow/tfjs-core";
import { rgbToLumaChroma } from "../../color/ops.ts";
import { sizeOf, type Tensors } from "../../training-step.ts";
import { gradientNorm, gradientsOf } from "../gradients.ts";
import { evaluationPass, noiseSpecs, type Pass, trainingPass } from "../layers/part.ts";
import type { Network, NetworkOptions } from "../network.ts";
import { createOptimizer } from "../optimizers/create-optimizer.ts";
import { ganLosses } from "./gan-loss.ts";
import { ganScores } from "./gan-scores.ts";
import type { Pix2PixSettings } from "./options.ts";
import { discriminator, type Judgement } from "./patch-discriminator.ts";
import { depthFor, usualPadding } from "./shapes.ts";
import { unet } from "./unet.ts";

export function pix2pixNetwork(options: NetworkOptions<Pix2PixSettings>): Network {
  const { model, imageSize, train } = options;
  const { batch_size: batchSize, accumulate } = train;
  const colors = model.color === "lab" ? lab : rgb;
  const depth = model.depth ?? depthFor(imageSize);
  const generator = unet({
    imageSize,
    depth,
    width: model.width,
    inputs: 1,
    outputs: colors.channels,
    norm: model.norm,
    dropout: model.dropout,
    attention: attentionIn("generator", model),
    spectral: model.spectral_norm.includes("generator"),
  });
  const { scales, feature_matching: featureMatching, n_layers: nLayers } = model.discriminator;
  const judge = discriminator({
    imageSize,
    inputs: 1 + colors.channels,
    width: model.discriminator.width ?? model.width,
    layers: nLayers,
    scales,
    padding: model.discriminator.padding ?? usualPadding(scales),
    norm: model.norm,
    attention: attentionIn("discriminator", model),
    spectral: model.spectral_norm.includes("discriminator"),
  });
  const gan = ganLosses[model.gan_loss];
  const configs = { G: train.optimizer, D: train.discriminator_optimizer ?? train.optimizer };
  const optimizers = {
    G: createOptimizer(configs.G, `generator/${configs.G.name}`),
    D: createOptimizer(configs.D, `discriminator/${configs.D.name}`),
  };
  const shapes = { G: generator.init(0), D: judge.init(0) };
  const names = { G: Object.keys(shapes.G.weights), D: Object.keys(shapes.D.weights) };
  const weightsG = Object.values(shapes.G.weights);
  const weightsD = Object.values(shapes.D.weights);

  const predict = (weights: Tensors, { luma }: Tensors) => {
    return generator.apply(evaluationPass(weights, model.evaluation), luma as Tensor4D);
  };

  return {
    parameters: [...weightsG, ...weightsD].reduce((sum, { shape }) => sum + sizeOf(shape), 0),
    layers: [...generator.rows, ...judge.rows],
    init(seed) {
      const [ofG, ofD] = [generator.init(seed), judge.init(seed)];
      return {
        ...ofG.weights,
        ...ofG.statistics,
        ...ofD.weights,
        ...ofD.statistics,
        ...optimizers.G.init(ofG.weights),
        ...optimizers.D.init(ofD.weights),
      };
    },
    specs: {
      batch: { rgb: { shape: [batchSize, imageSize, imageSize, 3], dtype: "uint8" } },
      noise: noiseSpecs(generator, batchSize),
      hyper: [...optimizers.G.hyperNames, ...optimizers.D.hyperNames],
    },
    hyper: (t, factor) => ({
      ...optimizers.G.hyper(t, factor * configs.G.learning_rate),
      ...optimizers.D.hyper(t, factor * configs.D.learning_rate),
    }),
    step(state, batch, noise, hyper) {
      const parts = { inputs: { ...batch, ...noise }, accumulate };
      const judged = (pass: Pass, luma: Tensor4D, picture: Tensor4D) =>
        judge.apply(pass, concat([luma, picture], 3));

      const ofD = gradientsOf(names.D, state, parts, (weights, part) => {
        const { luma, target } = colors.read(part.rgb as Tensor4D);
        const generated = generator.apply(trainingPass(state, part), luma);
        const pass = trainingPass(weights, part);
        const [fake, real] = [judged(pass, luma, generated), judged(pass, luma, target)];
        const D_fake = total(fake, gan.fake);
        const D_real = total(real, gan.real);
        const loss = mul(add(D_fake, D_real), 0.5) as Scalar;
        const scores = ganScores(fake, real, gan);
        return { loss, others: { ...Object.fromEntries(pass.updates), D_fake, D_real, ...scores } };
      });
      const { D_fake, D_real, G_score, D_score, ...statisticsD } = ofD.others;
      const updatedD = { ...statisticsD, ...optimizers.D.update(state, ofD.gradients, hyper) };

      const ofG = gradientsOf(names.G, { ...state, ...updatedD }, parts, (weights, part) => {
        const { luma, target } = colors.read(part.rgb as Tensor4D);
        const pass = trainingPass(weights, part);
        const picture = generator.apply(pass, luma);
        const judgements = judged(pass, luma, picture);
        const G_GAN = total(judgements, gan.convincing);
        const G_L1 = mean(abs(sub(picture, target))) as Scalar;
        const losses: Record<string, Scalar> = { G_L1, G_GAN };
        let loss = add(G_GAN, mul(G_L1, model.l1_weight));
        if (featureMatching > 0) {
          losses.G_FM = matching(judgements, judged(pass, luma, target));
          loss = add(loss, mul(losses.G_FM, featureMatching));
        }
        return { loss: loss as Scalar, others: { ...Object.fromEntries(pass.updates), ...losses } };
      });
      const { G_L1, G_GAN, G_FM, ...statisticsG } = ofG.others;
      return {
        state: {
          ...state,
          ...updatedD,
          ...statisticsG,
          ...optimizers.G.update(state, ofG.gradients, hyper),
        },
        losses: {
          G_L1: G_L1!,
          G_GAN: G_GAN!,
          ...(G_FM && { G_FM }),
          D_real: D_real!,
          D_fake: D_fake!,
          G_score: G_score!,
          D_score: D_score!,
          G_gradient_norm: gradientNorm(ofG.gradients),
          D_gradient_norm: gradientNorm(ofD.gradients),
        },
      };
    },
    sizeStep: 2 ** depth,
    evaluated: [...names.G, ...Object.keys(shapes.G.statistics)],
    predict: (weights, inputs) => colors.shown(predict(weights, inputs)),
    evaluate(weights, batch) {
      const { luma, target } = colors.read(batch.rgb as Tensor4D);
      const picture = predict(weights, { luma });
      const loss = mean(abs(sub(picture, target)), [1, 2, 3]) as Tensor1D;
      return { prediction: colors.shown(picture), loss };
    },
    judge: {
      judged: [...names.D, ...Object.keys(shapes.D.statistics)],
      score(weights, { luma, picture }) {
        const seen = concat([luma as Tensor4D, colors.seen(picture as Tensor4D)], 3);
        const judgements = judge.apply(evaluationPass(weights, "batch_stats"), seen);
        const means = judgements.map(({ logits }) => mean(logits, [1, 2, 3]) as Tensor1D);
        return mul(
          means.reduce((a, b) => add(a, b)),
          1 / means.length,
        ) as Tensor1D;
      },
    },
  };
}

/** What the networks see: all values in [-1, 1]; `seen` is the inverse of `shown`. */
const lab = {
  channels: 2,
  read(rgb: Tensor4D) {
    const { luma, chroma } = rgbToLumaChroma(rgb);
    return { luma, target: chroma };
  },
  shown: (picture: Tensor4D) => picture,
  seen: (shown: Tensor4D) => shown,
} as const;

const rgb = {
  channels: 3,
  read(rgb: Tensor4D) {
    const { luma } = rgbToLumaChroma(rgb);
    return { luma, target: sub(div(cast(rgb, "float32"), 127.5), 1) as Tensor4D };
  },
  shown: (picture: Tensor4D) => mul(add(picture, 1), 0.5) as Tensor4D,
  seen: (shown: Tensor4D) => sub(mul(shown, 2), 1) as Tensor4D,
} as const;

function attentionIn(network: "generator" | "discriminator", { attention }: Pix2PixSettings) {
  return attention?.in.includes(network) ? attention : null;
}

/** Summed over scales, as in pix2pixHD. */
function total(judgements: readonly Judgement[], loss: (logits: Tensor) => Scalar): Scalar {
  return judgements.map(({ logits }) => loss(logits)).reduce((a, b) => add(a, b) as Scalar);
}

/** pix2pixHD's feature matching: how far what the discriminator sees in both pictures is apart. */
function matching(fake: readonly Judgement[], real: readonly Judgement[]): Scalar {
  const distances = fake.flatMap(({ features }, scale) =>
    features.map((map, index) => mean(abs(sub(map, real[scale]!.features[index]!)))),
  );
  const layers = fake[0]!.features.length;
  const weight = 4 / layers / fake.length;
  return mul(
    distances.reduce((a, b) => add(a, b)),
    weight,
  ) as Scalar;
}
