/** An interval of 95 % confidence: all of this project are. */
export type Interval = { readonly low: number; readonly high: number };

export const confidence = 0.95;

/** The standard normal quantile of 0.975. */
export const normalQuantileOfConfidence = 1.959963984540054;
