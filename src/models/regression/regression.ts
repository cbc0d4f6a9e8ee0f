// What the networks have in common that predict chroma from luma and are trained by the mean squared error alone.

import { type ModelOutput, model } from "../model.ts";
import { trainingLoss } from "../training-loss.ts";
import type { ChainLayer } from "./convolution-chain.ts";

const lossKind = "squared error";

export const regression = {
  sizeStep: 8,
  output: (): ModelOutput => "chroma",
  lossKind: () => lossKind,
  series: () => [trainingLoss(lossKind)],
};

type Chain<Kind extends string> = {
  readonly kind: Kind;
  readonly description: string;
  readonly source: string;
  readonly layers: readonly ChainLayer[];
};

/** A model that is a chain of convolutions and nothing else. */
export function chainModel<const Kind extends string>({ layers, ...declaration }: Chain<Kind>) {
  return model({
    ...declaration,
    ...regression,
    options: {},
    needs: null,
    async load() {
      const { chainNetwork } = await import("./regression-network.ts");
      return (options) => chainNetwork(layers, options);
    },
  });
}
