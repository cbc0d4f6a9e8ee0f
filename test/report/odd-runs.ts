// Runs for pages in a browser: seeds, gaps, hostile and endless names, nothing at all.

import type { SampleRun } from "./sample-store.ts";

const evil = `</script><script>alert(1)</script>"'><img src=x onerror=alert(1)>\u202E`;

const gap = (step: number) => (step === 20 ? Number.NaN : 1 / (1 + step));
/** Runs as one may have them, odd ones among them. */
export const oddRuns: readonly SampleRun[] = [
  { id: "aaaa", name: "first", loss: gap },
  { id: "bbbb", name: "second", tint: 3, learningRate: 0.01, blue: (epoch) => epoch / 10 },
  { id: "seed1", name: "pair", seed: 1, tint: 5, every: 4, learningRate: 0.1 },
  { id: "seed2", name: "pair", seed: 2, tint: 6, learningRate: 0.1 },
  { id: "eeee", name: "empty", loss: null, images: 0 },
  { id: "ffff", name: "only NaN", loss: () => Number.NaN },
  {
    id: "gggg",
    name: evil,
    epochs: 1,
    stepsPerEpoch: 1,
    loss: () => 0,
    imageId: (index) => `${evil}${index}`,
  },
  { id: "hhhh", name: "x".repeat(10_000), epochs: 0 },
  { id: "iiii", name: "infinite", loss: () => Number.POSITIVE_INFINITY, status: "FAILED", error: "boom" },
];
