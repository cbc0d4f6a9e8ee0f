// Finds a network's weights among the tensors of a file, whichever of Keras's versions named them.

import { UserError } from "../../errors.ts";
import type { PretrainedNetwork } from "../../models/pretrained/pretrained-network.ts";
import type { State, StateTensor } from "../../training-step.ts";

/** Those of `wanted`, under the network's names. Throws UserError where one is missing or has another shape. */
export function matchWeights(
  file: string,
  tensors: State,
  { weights, description }: PretrainedNetwork,
  wanted: readonly string[],
): State {
  const found = renumbered(plainNames(file, tensors));
  const missing = wanted.filter((name) => !found.has(name));
  const isTop = (name: string) => name.startsWith("predictions/");
  if (wanted.every((name) => isTop(name) || !found.has(name))) {
    const [first] = Object.keys(tensors);
    throw new UserError(
      `${file}: expected the weights of ${description}, with Keras's names such as ${wanted[0]}, got ${first === undefined ? "no tensors" : `tensors such as ${first}`}; docs/classifiers.md says how to make the file`,
    );
  }
  if (missing.length > 0 && missing.every(isTop)) {
    throw new UserError(
      `${file}: has no ${missing[0]}: weights without a top (include_top=False) give features only; ask for output: features, or save them with the top`,
    );
  }
  if (missing.length > 0) {
    throw new UserError(
      `${file}: ${missing.length} of ${wanted.length} tensors of ${description} are missing, such as ${missing[0]}; save the whole network again (docs/classifiers.md)`,
    );
  }
  const state: Record<string, StateTensor> = {};
  for (const name of wanted) {
    const tensor = found.get(name)!;
    const { shape } = weights[name]!;
    if (shape.join() !== tensor.shape.join()) {
      throw new UserError(
        `${file}: ${name}: expected shape [${shape.join(", ")}] of ${description}, got [${tensor.shape.join(", ")}]; these are the weights of another network`,
      );
    }
    state[name] = tensor;
  }
  return state;
}

/** "model/Conv1/kernel:0" and "Conv1/kernel" are one weight, and so are a depthwise "depthwise_kernel" and "kernel". */
function plainNames(file: string, tensors: State): Map<string, StateTensor> {
  const found = new Map<string, StateTensor>();
  for (const [name, tensor] of Object.entries(tensors)) {
    const plain = name
      .replace(/:\d+$/, "")
      .split("/")
      .slice(-2)
      .join("/")
      .replace(/\/depthwise_kernel$/, "/kernel");
    if (found.has(plain)) {
      throw new UserError(`${file}: two tensors are called ${plain}; expected one network a file`);
    }
    found.set(plain, tensor);
  }
  return found;
}

/**
 * Keras numbers layers without a name through all networks of a session: a second network's first convolution may be
 * "conv2d_203". Here each kind starts anew: "conv2d", "conv2d_1", ...
 */
function renumbered(tensors: ReadonlyMap<string, StateTensor>): Map<string, StateTensor> {
  const numbers = new Map<string, Set<number>>();
  const parsed = [...tensors].map(([name, tensor]) => {
    const [, kind, number = "0", weight] = /^(conv2d|batch_normalization)(?:_(\d+))?\/(.+)$/.exec(name) ?? [];
    if (kind === undefined) return { name, tensor };
    if (!numbers.has(kind)) numbers.set(kind, new Set());
    numbers.get(kind)!.add(Number(number));
    return { name, tensor, kind, number: Number(number), weight };
  });
  const ranks = new Map(
    [...numbers].map(([kind, seen]) => [
      kind,
      new Map([...seen].sort((a, b) => a - b).map((number, rank) => [number, rank])),
    ]),
  );
  return new Map(
    parsed.map(({ name, tensor, kind, number, weight }) => {
      if (kind === undefined) return [name, tensor];
      const rank = ranks.get(kind)!.get(number)!;
      return [`${rank === 0 ? kind : `${kind}_${rank}`}/${weight}`, tensor];
    }),
  );
}
