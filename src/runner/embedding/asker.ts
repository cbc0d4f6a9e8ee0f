// Classifiers behind one door: asked about a batch of pictures, each answers with one vector a picture.

import { createHash } from "node:crypto";
import type { Tensor4D } from "@tensorflow/tfjs-core";
import { rgbToLumaChroma } from "../../color/ops.ts";
import { type Engine, specsOf } from "../../engine/engine.ts";
import type { EmbeddingNetwork, SizedEmbeddingNetwork } from "../../models/embedding.ts";
import type { State } from "../../training-step.ts";

export type Asker = {
  /** Length of an answer. */
  readonly size: number;
  /** Such as "run k3v9x2mp, step 480, classes of 40". */
  readonly description: string;
  /** SHA-256 over the classifier and what is read from it. */
  readonly fingerprint: string;
  /** null where the classifier cannot be trained along. */
  readonly network: EmbeddingNetwork | null;
  /** uint8 RGB [askedAtOnce, H, W, 3] -> [askedAtOnce, size]. */
  ask(rgb: Uint8Array): Promise<Float32Array>;
  close(): Promise<void>;
};

export const askedAtOnce = 32;

export type AskerOptions = {
  readonly engine: Engine;
  /** Side of the pictures, pixels. */
  readonly imageSize: number;
};

/** A network whose weights are at hand, run by the engine. */
export async function askNetwork(
  network: SizedEmbeddingNetwork,
  named: { readonly description: string; readonly output: string },
  { engine, imageSize }: AskerOptions,
): Promise<Asker> {
  const compiled = await engine.compile(
    (inputs) => {
      const { luma } = rgbToLumaChroma(inputs.rgb as Tensor4D);
      return { vector: network.embed(inputs, luma) };
    },
    specsOf(network.weights),
    { rgb: { shape: [askedAtOnce, imageSize, imageSize, 3], dtype: "uint8" } },
  );
  const state = engine.importState(network.weights);
  return {
    size: network.size,
    description: named.description,
    fingerprint: fingerprintOf(network.weights, named.output),
    network,
    ask: async (rgb) => (await compiled.run(state, { rgb })).vector!,
    close: async () => {
      engine.release(state);
      await compiled.close();
    },
  };
}

function fingerprintOf(weights: State, output: string): string {
  const hash = createHash("sha256").update(output);
  for (const [name, { data }] of Object.entries(weights)) {
    hash.update(`\n${name}\n`).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest("hex");
}
