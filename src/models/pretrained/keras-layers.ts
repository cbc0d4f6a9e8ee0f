// The layers that Keras's classifiers are made of, over anything that can stand for a map: its shape when a network is
// described (layer-shapes.ts), its tensor when the network runs (layer-tensors.ts). So a network is written down once.

export type Padding = "same" | "valid";
export type Activation = "relu" | "relu6" | "none";

/** Batch norm behind a convolution that has no bias then. Keras's epsilon is 1e-3 in all these networks. */
export type NormOptions = {
  readonly name: string;
  /** Whether it has a gamma. */
  readonly scale: boolean;
};

export type DepthwiseOptions = {
  readonly name: string;
  readonly size: readonly [height: number, width: number];
  readonly stride?: 1 | 2;
  readonly padding?: Padding;
  readonly norm: NormOptions;
  readonly activation?: Activation;
};

export type ConvolutionOptions = Omit<DepthwiseOptions, "norm"> & {
  readonly outputs: number;
  /** null is a bias. */
  readonly norm: NormOptions | null;
  /** What the output is multiplied by in the end; 1 where left out. */
  readonly times?: number;
};

export type PoolingOptions = {
  readonly kind: "max" | "average";
  /** Side of the window. */
  readonly size: number;
  readonly stride: 1 | 2;
  readonly padding: Padding;
};

export type KerasLayers<Map> = {
  channels(x: Map): number;
  convolution(x: Map, options: ConvolutionOptions): Map;
  depthwise(x: Map, options: DepthwiseOptions): Map;
  pool(x: Map, options: PoolingOptions): Map;
  concat(maps: readonly Map[]): Map;
  add(a: Map, b: Map, activation: Activation): Map;
};

/** From pictures to the last map, whose mean is the features. */
export type KerasNetwork = <Map>(layers: KerasLayers<Map>, pictures: Map) => Map;
