// Scenes drawn by the program itself: nothing to download, the same everywhere. For the demo and for tests.

import { whole } from "../../settings/leaves.ts";
import type { DatasetKind } from "../dataset.ts";

const options = {
  count: whole("scenes", { least: 2 }).default(640).describe("How many scenes are drawn."),
};

export const synthetic: DatasetKind<"synthetic", typeof options> = {
  kind: "synthetic",
  description: "Scenes that the program draws itself: nothing to download.",
  images: "synthetic scenes",
  options,
  labelled: null,
  labels: () => null,
  describe: () => "synthetic",
  lookedFor: (config, key) => `${config.count} drawn scenes (${key}.count)`,
  hasOfficialSides: () => false,
  problems: () => [],
  paths: () => [],
  countedBy: "count",
  async list({ count, seed }) {
    const { drawScene, scenesVersion } = await import("../scenes/scenes.ts");
    const items = Array.from({ length: count }, (_, index) => ({
      id: `scene ${String(index).padStart(5, "0")}`,
      source: {
        draw: (size: number) => drawScene(seed, index, size),
        key: `scene ${scenesVersion} ${seed} ${index}`,
      },
      side: null,
    }));
    return { items, notes: [], labels: null };
  },
};
