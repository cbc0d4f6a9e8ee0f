// Which of the listed images are decoded, and which stand in for those that cannot be used.

import { randomStream, shuffled } from "../../random.ts";
import type { Item, Side } from "../dataset.ts";
import type { DatasetConfig } from "../datasets.ts";

/** Images of one side: those to decode, and those that stand in for those that cannot be used, in this order. */
export type Pool = {
  readonly side: Side | null;
  readonly chosen: readonly Item[];
  readonly spare: readonly Item[];
};

/** `limit` counts the images of each official split, or of all where there is none. */
export function choosePools(items: readonly Item[], config: DatasetConfig): Pool[] {
  const pools: Pool[] = [];
  for (const side of [null, "seen", "unseen"] satisfies (Side | null)[]) {
    const own = items.filter((item) => item.side === side);
    if (own.length === 0) continue;
    if (config.limit === null || config.limit >= own.length) {
      pools.push({ side, chosen: own, spare: [] });
      continue;
    }
    const order = shuffled(own.length, randomStream("limit", config.seed, side ?? "all"));
    const chosen = order.slice(0, config.limit).sort();
    pools.push({
      side,
      chosen: Array.from(chosen, (place) => own[place]!),
      spare: Array.from(order.subarray(config.limit), (place) => own[place]!),
    });
  }
  return pools;
}
