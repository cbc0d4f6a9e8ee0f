// Where pictures of TensorBoard's tags stand among the samples of a run: those that this program wrote where they were, all others in a
// set by what stands before the first slash.

import type { NewImage } from "../../store/pictures.ts";

type Slot = Pick<NewImage, "set" | "index" | "kind" | "epoch">;

const ours = /^([^/]+)\/samples\/(\d+)\/(real|grey|colorized)$/;

/** Gives the place of a picture of one of `tags` at a step, which stands for an epoch. */
export function pictureSlots(tags: readonly string[]): (tag: string, step: number) => Slot {
  const places = new Map<string, Omit<Slot, "epoch">>();
  const counts = new Map<string, number>();
  for (const tag of tags) {
    const [, set, index, kind] = ours.exec(tag) ?? [];
    if (set !== undefined && set !== "train") {
      places.set(tag, { set, index: Number(index), kind: kind as Slot["kind"] });
      continue;
    }
    const before = /^([^/]+)\//.exec(tag)?.[1] ?? "pictures";
    const own = before === "train" ? "pictures" : before;
    // Apart from the places of samples, of which the same set may have some.
    const at = counts.get(own) ?? 1000;
    counts.set(own, at + 1);
    places.set(tag, { set: own, index: at, kind: "colorized" });
  }
  return (tag, step) => {
    const place = places.get(tag)!;
    // Pictures that do not change with the epoch are those of the beginning.
    return { ...place, epoch: place.kind === "colorized" ? step : 0 };
  };
}
