/** One layer with weights, as the table of `hueristic models show` has it. */
export type LayerRow = {
  readonly name: string;
  /** Such as "convolution 4x4 s2". */
  readonly type: string;
  /** Height, width, channels. */
  readonly output: readonly [number, number, number];
  readonly parameters: number;
  /** Of one forward pass over one image. */
  readonly multiplyAdds: number;
};
