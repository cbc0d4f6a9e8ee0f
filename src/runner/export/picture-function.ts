// What an exported file computes: from bytes or L to a colored picture, all scaling inside.

import {
  cast,
  clipByValue,
  div,
  mul,
  round,
  sub,
  type Tensor,
  type Tensor4D,
  transpose,
} from "@tensorflow/tfjs-core";
import { chromaScale, lumaScale } from "../../color/lab.ts";
import { lumaChromaToDisplayRgb, rgbToLumaChroma } from "../../color/ops.ts";
import type { PictureLengths, Standalone } from "../../engine/onnx/standalone/lower-standalone.ts";
import type { TensorSpecs } from "../../training-step.ts";
import type { TrainedNetwork } from "./trained-network.ts";

/** `rgb`: uint8 [N, H, W, 3]; `L`: float32 [N, 1, H, W] from 0 to 100. */
export type ExportedInput = "rgb" | "L";

/** Outputs `picture` uint8 [N, H, W, 3] and `ab` float32 [N, 2, H, W]; of a classifier `probabilities` [N, labels]. */
export function pictureFunction(network: TrainedNetwork, input: ExportedInput): Standalone {
  return {
    state: network.state,
    step: network.sizeStep,
    bytes: ["picture"],
    inputs: (lengths) => inputSpecs(input, lengths),
    call(inputs) {
      const luma =
        input === "rgb" ? rgbToLumaChroma(inputs.rgb as Tensor4D).luma : lumaOf(inputs.L as Tensor4D);
      const prediction = network.predict(inputs, luma);
      if (network.output === "labels") return { probabilities: prediction };
      if (network.output === "chroma") {
        const chroma = prediction as Tensor4D;
        return { picture: bytesOf(lumaChromaToDisplayRgb(luma, chroma)), ab: abOf(chroma) };
      }
      const picture = bytesOf(prediction);
      return { picture, ab: abOf(rgbToLumaChroma(cast(picture, "int32") as Tensor4D).chroma) };
    },
  };
}

function inputSpecs(input: ExportedInput, { batch, height, width }: PictureLengths): TensorSpecs {
  return input === "rgb"
    ? { rgb: { shape: [batch, height, width, 3], dtype: "uint8" } }
    : { L: { shape: [batch, 1, height, width], dtype: "float32" } };
}

function lumaOf(lightness: Tensor4D): Tensor4D {
  return sub(div(transpose(lightness, [0, 2, 3, 1]), lumaScale), 1) as Tensor4D;
}

function abOf(chroma: Tensor4D): Tensor {
  return transpose(mul(chroma, chromaScale), [0, 3, 1, 2]);
}

/** [0, 1] -> whole numbers from 0 to 255. */
function bytesOf(rgb: Tensor): Tensor {
  return round(mul(clipByValue(rgb, 0, 1), 255));
}
