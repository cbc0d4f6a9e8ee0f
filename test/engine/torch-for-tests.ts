// The user's PyTorch in tests: they are skipped, with the reason, where there is none.

import { openOnnxEngine } from "../../src/engine/onnx/onnx-engine.ts";
import { probeTorch, takeTorch } from "../../src/engine/torch/find-torch.ts";
import { createTorchEngine, type TorchEngineOptions } from "../../src/engine/torch/torch-engine.ts";

const found = await probeTorch();

/** Why tests of the torch engine cannot run here; false where they can. */
export const withoutTorch: string | false = found.found ? false : found.reason;

export const onnx = openOnnxEngine({ threads: 2 });

/** An engine on the CPU, in a process of its own. */
export async function torchEngine(options: Partial<TorchEngineOptions> = {}) {
  return createTorchEngine(await takeTorch(), { device: "cpu", description: "cpu", threads: 2, ...options });
}
