// Scenes drawn by the program itself: nothing to download, the same everywhere. For the demo and for tests.

import type { SyntheticConfig } from "../../experiment/experiment.ts";
import type { Dataset } from "../dataset.ts";
import { drawScene, scenesVersion } from "../scenes/scenes.ts";

export const synthetic: Dataset<SyntheticConfig> = {
  describe: () => "synthetic",
  lookedFor: (config) => `${config.count} drawn scenes (dataset.count)`,
  hasLabels: false,
  async list({ count, seed }) {
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
