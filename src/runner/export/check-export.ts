// Whether an exported file does what the network does: ONNX Runtime as other programs use it against our own engine, over
// the same pictures.

import type { Tensor4D } from "@tensorflow/tfjs-core";
import { chromaScale, labToLumaChroma, lumaScale, rgbToLab } from "../../color/lab.ts";
import { rgbToLumaChroma } from "../../color/ops.ts";
import { type Engine, specsOf } from "../../engine/engine.ts";
import { imagePair } from "../../metrics/image-pair.ts";
import { openSession } from "../../onnx-files/open-session.ts";
import { ort } from "../../onnxruntime.ts";
import type { ExportedInput } from "./picture-function.ts";
import type { TrainedNetwork } from "./trained-network.ts";

/** Pictures of one size: uint8 RGB [height, width, 3]. */
export type TestPictures = {
  readonly height: number;
  readonly width: number;
  readonly pictures: readonly Uint8Array[];
};

/** The largest difference: in steps of 1/255 of a channel, and of a or b where the network gives them; of a probability. */
export type Difference = { readonly bytes: number; readonly ab: number } | { readonly probability: number };

export async function differenceFrom(
  network: TrainedNetwork,
  engine: Engine,
  { file, input }: { readonly file: string; readonly input: ExportedInput },
  tests: TestPictures,
): Promise<Difference> {
  const { pictures, height, width } = tests;
  const rgb = Buffer.concat(pictures);
  const expected = await predicted(network, engine, rgb, [pictures.length, height, width, 3]);
  const found = await runFile(file, feedOf(input, rgb, pictures.length, height, width));
  if (network.output === "labels") {
    return { probability: largest(found.probabilities as Float32Array, expected) };
  }
  const { output } = network;
  const length = expected.length / pictures.length;
  const shown = pictures.map(
    (picture, at) => imagePair(output, picture, expected.subarray(at * length, (at + 1) * length)).shown,
  );
  const ab = output === "chroma" ? scaled(expected, height * width) : (found.ab as Float32Array);
  return {
    bytes: largest(found.picture as Uint8Array, Buffer.concat(shown)),
    ab: largest(found.ab as Float32Array, ab),
  };
}

/** Chroma [N, pixels, 2] as a and b [N, 2, pixels]. */
function scaled(chroma: Float32Array, pixels: number): Float32Array {
  return chroma.map((_, at) => {
    const [image, plane, pixel] = [
      Math.floor(at / (2 * pixels)),
      Math.floor(at / pixels) % 2,
      at % pixels,
    ] as const;
    return chromaScale * chroma[(image * pixels + pixel) * 2 + plane]!;
  });
}

/** Whether nothing differs by more than 1/255 of its range. */
export function isSame(difference: Difference): boolean {
  if ("probability" in difference) return difference.probability <= 1 / 255;
  return difference.bytes <= 1 && difference.ab <= chromaScale / 255;
}

async function predicted(
  network: TrainedNetwork,
  engine: Engine,
  rgb: Uint8Array,
  shape: readonly number[],
): Promise<Float32Array> {
  const compiled = await engine.compile(
    (inputs) => ({ prediction: network.predict(inputs, rgbToLumaChroma(inputs.rgb as Tensor4D).luma) }),
    specsOf(network.state),
    { rgb: { shape, dtype: "uint8" } },
  );
  const state = engine.importState(network.state);
  try {
    return (await compiled.run(state, { rgb: new Uint8Array(rgb) })).prediction!.slice();
  } finally {
    engine.release(state);
    await compiled.close();
  }
}

function feedOf(input: ExportedInput, rgb: Uint8Array, count: number, height: number, width: number) {
  if (input === "rgb")
    return { rgb: new ort.Tensor("uint8", new Uint8Array(rgb), [count, height, width, 3]) };
  const { luma } = labToLumaChroma(rgbToLab(rgb));
  const lightness = luma.map((value) => lumaScale * (value + 1));
  return { L: new ort.Tensor("float32", lightness, [count, 1, height, width]) };
}

async function runFile(
  file: string,
  feeds: Readonly<Record<string, ort.Tensor>>,
): Promise<Readonly<Record<string, ort.Tensor["data"]>>> {
  const session = await openSession(file);
  try {
    const results = await session.run(feeds);
    return Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, data]));
  } finally {
    await session.release();
  }
}

function largest(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (found.length !== expected.length) return Number.POSITIVE_INFINITY;
  let most = 0;
  for (let at = 0; at < found.length; at++) {
    const difference = Math.abs(found[at]! - expected[at]!);
    if (!(difference <= most)) most = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
  }
  return most;
}
