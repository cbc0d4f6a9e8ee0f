// The numbers of a convolution or a pooling.

/** Lengths are in pixels, counts in channels. */
export type Geometry = {
  readonly batchSize: number;
  readonly inHeight: number;
  readonly inWidth: number;
  readonly inChannels: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly outChannels: number;
  readonly filterHeight: number;
  readonly filterWidth: number;
  readonly strideHeight: number;
  readonly strideWidth: number;
  readonly dilationHeight: number;
  readonly dilationWidth: number;
  readonly effectiveFilterHeight: number;
  readonly effectiveFilterWidth: number;
  readonly padInfo: {
    readonly top: number;
    readonly left: number;
    readonly bottom: number;
    readonly right: number;
  };
};

/** `x` is [N, H, W, I], `filter` [h, w, …], `y` [N, H, W, O]; attributes as a trace has them. */
export function geometryOf(
  x: readonly number[],
  filter: readonly number[],
  y: readonly number[],
  attributes: Readonly<Record<string, unknown>>,
): Geometry {
  const [batchSize, inHeight, inWidth, inChannels] = x as [number, number, number, number];
  const [, outHeight, outWidth, outChannels] = y as [number, number, number, number];
  const [filterHeight, filterWidth] = filter as [number, number];
  const [strideHeight, strideWidth] = attributes.strides as [number, number];
  const [dilationHeight, dilationWidth] = attributes.dilations as [number, number];
  const [top, left, bottom, right] = attributes.pads as [number, number, number, number];
  return {
    batchSize,
    inHeight,
    inWidth,
    inChannels,
    outHeight,
    outWidth,
    outChannels,
    filterHeight,
    filterWidth,
    strideHeight,
    strideWidth,
    dilationHeight,
    dilationWidth,
    effectiveFilterHeight: (filterHeight - 1) * dilationHeight + 1,
    effectiveFilterWidth: (filterWidth - 1) * dilationWidth + 1,
    padInfo: { top, left, bottom, right },
  };
}

/** As ONNX's convolutions and poolings take them. */
export function attributesOf(info: Geometry) {
  const { top, left, bottom, right } = info.padInfo;
  return {
    kernel_shape: [info.filterHeight, info.filterWidth],
    strides: [info.strideHeight, info.strideWidth],
    dilations: [info.dilationHeight, info.dilationWidth],
    pads: [top, left, bottom, right],
  };
}

/** What the forward convolution did not reach at the far edges comes back as output padding: [rows, columns]. */
export function outputPadding(info: Geometry): [number, number] {
  const { top, bottom, left, right } = info.padInfo;
  const height = (info.outHeight - 1) * info.strideHeight + info.effectiveFilterHeight - top - bottom;
  const width = (info.outWidth - 1) * info.strideWidth + info.effectiveFilterWidth - left - right;
  return [info.inHeight - height, info.inWidth - width];
}
