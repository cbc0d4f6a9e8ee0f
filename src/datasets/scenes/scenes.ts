// Procedural scenes of photographs' kind. Each kind has a look of its own in grey (blades of grass, ripples,
// bricks, dimpled oranges), so that a network can learn the color from it.

import { randomStream } from "../../random.ts";
import { createCanvas, develop } from "./canvas.ts";
import { drawFlowers } from "./flowers.ts";
import { drawFruit } from "./fruit.ts";
import { drawLandscape } from "./landscape.ts";
import { drawPortrait } from "./portrait.ts";

/** Raise it whenever a scene changes: prepared ones are then drawn anew. */
export const scenesVersion = 2;

/** Scene `index` of `seed`: uint8 RGB [size, size, 3]; the same scene, finer or coarser, at every size. */
export function drawScene(seed: number, index: number, size: number): Uint8Array {
  const stream = randomStream("scene", seed, index);
  const canvas = createCanvas(size);
  const kind = stream.uniform();
  if (kind < 0.45) drawLandscape(canvas, stream);
  else if (kind < 0.74) drawPortrait(canvas, stream);
  else if (kind < 0.88) drawFruit(canvas, stream);
  else drawFlowers(canvas, stream);
  return develop(canvas, randomStream("grain", seed, index));
}
