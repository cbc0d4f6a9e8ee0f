// Checkpoints of version 0.1.0: their Adam kept fading sums, where it now keeps means, as PyTorch does.

import type { Experiment } from "../experiment/experiment.ts";
import type { State, StateTensor } from "../training-step.ts";

const sumName = /^(?:(generator|discriminator)\/)?(adamw?)\/(sum|square_sum)\//;

/** The state with means in place of sums. `train` is of the experiment that wrote it. */
export function withMeans(state: State, train: Experiment["train"]): State {
  return Object.fromEntries(
    Object.entries(state).map(([name, tensor]) => {
      const found = sumName.exec(name);
      if (!found) return [name, tensor];
      const [, network, optimizer, slot] = found;
      const config = (network === "discriminator" && train.discriminator_optimizer) || train.optimizer;
      if (config.name !== "adam" && config.name !== "adamw") return [name, tensor];
      const decay = slot === "sum" ? config.beta1 : config.beta2;
      const renamed = name.replace(`${optimizer}/${slot}/`, `${optimizer}/${slot!.replace("sum", "mean")}/`);
      return [renamed, scaled(tensor, 1 - decay)];
    }),
  );
}

function scaled({ shape, data }: StateTensor, factor: number): StateTensor {
  return { shape, data: data.map((number) => number * factor) };
}
