// The weights that make_classifiers.py made up, by its formulas.

import type { PretrainedNetwork } from "../../src/models/pretrained/pretrained-network.ts";
import { type State, sizeOf } from "../../src/training-step.ts";
import { hash } from "./formulas.ts";

export function goldenClassifierWeights({ weights }: Pick<PretrainedNetwork, "weights">): State {
  let start = 0;
  return Object.fromEntries(
    Object.keys(weights)
      .sort()
      .map((name) => {
        const { shape } = weights[name]!;
        const data = new Float32Array(sizeOf(shape));
        const { scale, offset } = rangeOf(name, shape);
        for (let i = 0; i < data.length; i++) data[i] = scale * hash(start + i) + offset;
        start += data.length;
        return [name, { shape, data }];
      }),
  );
}

/** Values are scale * u + offset for u in [0, 1). */
function rangeOf(name: string, shape: readonly number[]): { scale: number; offset: number } {
  if (name.endsWith("/gamma")) return { scale: 0.5, offset: 0.75 };
  if (name.endsWith("/moving_variance")) return { scale: 1, offset: 0.5 };
  if (name.endsWith("/beta")) return { scale: 4, offset: -2 };
  if (!name.endsWith("/kernel")) return { scale: 0.2, offset: -0.1 };
  const inputs = sizeOf(name.includes("depthwise") ? shape.slice(0, 2) : shape.slice(0, -1));
  const limit = Math.sqrt((name.includes("project") ? 1.5 : 6) / inputs);
  return { scale: 2 * limit, offset: -limit };
}
