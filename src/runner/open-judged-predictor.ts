// A network that makes colors with the discriminator that it was trained against, at the size that both were trained at.

import { specsOf } from "../engine/engine.ts";
import { UserError } from "../errors.ts";
import type { RunRow } from "../store/rows.ts";
import type { ChosenCheckpoint } from "./evaluation/choose-checkpoint.ts";
import { openNetwork, type ShownOptions, shown, weightsOf } from "./open-network.ts";
import { colorsOf, type Predictor } from "./open-predictor.ts";

export type JudgedPredictor = Predictor & {
  /** Mean logit (models/network.ts) of a picture as `predict` gives them, with its luma: higher where it looks more real. */
  score(luma: Float32Array, picture: Float32Array): Promise<number>;
};

const channels = { chroma: 2, rgb: 3 } as const;

/** Throws UserError where the run makes no colors, or was trained without a discriminator. */
export async function openJudgedPredictor(
  run: RunRow,
  checkpoint: ChosenCheckpoint,
  options: Omit<ShownOptions, "size">,
): Promise<JudgedPredictor> {
  const output = colorsOf(run);
  const opened = await openNetwork(run, checkpoint, output, { ...options, size: null });
  const predictor = await shown(opened);
  try {
    const { engine, network, size } = opened;
    const { judge } = network;
    if (judge === undefined)
      throw new UserError(
        `run ${run.id}: expected a network with a discriminator, as pix2pix has, got ${run.experiment.model.kind}`,
      );
    const weights = weightsOf(opened, judge.judged);
    const call = await engine.compile(
      (tensors) => ({ score: judge.score(tensors, tensors) }),
      specsOf(weights),
      {
        luma: { shape: [1, size, size, 1], dtype: "float32" },
        picture: { shape: [1, size, size, channels[output]], dtype: "float32" },
      },
    );
    const state = engine.importState(weights);
    return {
      ...predictor,
      score: async (luma, picture) => (await call.run(state, { luma, picture })).score![0]!,
      async close() {
        engine.release(state);
        await call.close();
        await predictor.close();
      },
    };
  } catch (error) {
    await predictor.close();
    throw error;
  }
}
