// How large the maps of pix2pix's networks are: plain arithmetic, so that an experiment can be checked before
// anything is loaded.

/** Halvings of the U-Net: pix2pix's unet_256 has 8, unet_128 has 7; at least 5, as its channels grow four times. */
export const leastDepth = 5;
const usualDepth = 8;

/** As deep as the size allows, at most 8. */
export function depthFor(imageSize: number): number {
  let depth = 0;
  while (depth < usualDepth && imageSize % 2 ** (depth + 1) === 0) depth++;
  return depth;
}

/** Sides at which the generator's decoder has a map to attend to. */
export function generatorSides(imageSize: number, depth: number): number[] {
  return Array.from({ length: depth - 1 }, (_, index) => imageSize / 2 ** (index + 1));
}

/** Channels of the layer that halves for the `i`th time, i = 1, 2, … */
export function channelsAt(width: number, i: number): number {
  return width * Math.min(2 ** (i - 1), 8);
}

/** As in pix2pix, or with several scales as in pix2pixHD. */
export function usualPadding(scales: number): 1 | 2 {
  return scales > 1 ? 2 : 1;
}

export type PatchMap = {
  readonly stride: 1 | 2;
  /** Of the square map behind this convolution; 0 or less where nothing is left. */
  readonly side: number;
  /** What the side would be without padding's remainders, by which attention is placed; null behind stride 1. */
  readonly nominal: number | null;
};

/** The maps of a PatchGAN discriminator: `layers` convolutions of stride 2, then two of stride 1. */
export function patchMaps(inputSide: number, layers: number, padding: number): PatchMap[] {
  let side = inputSide;
  return Array.from({ length: layers + 2 }, (_, index) => {
    const stride = index < layers ? 2 : 1;
    side = side < 1 ? 0 : Math.floor((side + 2 * padding - 4) / stride) + 1;
    return { stride, side, nominal: stride === 2 ? inputSide / 2 ** (index + 1) : null };
  });
}

/** What the discriminator of scale 1, 2, … sees. */
export function scaledSide(imageSize: number, scale: number): number {
  let side = imageSize;
  for (let halvings = 1; halvings < scale; halvings++) side = Math.ceil(side / 2);
  return side;
}
