// Peak signal-to-noise ratio over all channels of the displayed 8-bit pictures, as scikit-image's
// peak_signal_noise_ratio(data_range=255). Equal pictures have an infinite one, which a set's mean leaves out.

import { imageMetric } from "./metric.ts";

export const psnr = imageMetric(
  {
    name: "psnr",
    description: "peak signal-to-noise ratio of sRGB, dB",
    source: "scikit-image peak_signal_noise_ratio",
    better: "higher",
    unit: "dB",
    usual: true,
  },
  () =>
    ({ real, shown }) => {
      let sum = 0;
      for (let i = 0; i < real.length; i++) {
        const difference = real[i]! - shown[i]!;
        sum += difference * difference;
      }
      return 10 * Math.log10((255 * 255 * real.length) / sum);
    },
);
