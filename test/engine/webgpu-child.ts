// One example on WebGPU and on the CPU, in a process whose environment names the Vulkan driver. Arguments: the example,
// and the layout that the provider is to prefer. Prints "alike", or why the first step was refused.

import { checkedAgainst } from "../../src/engine/checked-engine.ts";
import { openOnnxEngine } from "../../src/engine/onnx/onnx-engine.ts";
import { type Provider, providers } from "../../src/engine/onnx/providers.ts";
import { UserError } from "../../src/errors.ts";
import { assertEnginesAgree, ganExample, smallExample } from "./examples.ts";

const examples = {
  pix2pix: ganExample,
  small: () => smallExample(8),
} as const;

const [name, preferredLayout] = process.argv.slice(2) as [keyof typeof examples, "NCHW" | "NHWC"];
const { webgpu } = providers;
const provider: Provider = {
  ...webgpu,
  session: () => ({ executionProviders: [{ name: "webgpu", preferredLayout }] }),
};
const cpu = openOnnxEngine({ threads: 2 });
const gpu = openOnnxEngine({ provider, device: "webgpu", threads: 2 });
try {
  await assertEnginesAgree(
    checkedAgainst(gpu, () => cpu, webgpu.precision),
    cpu,
    examples[name](),
    3,
    1e-4,
  );
  console.log("alike");
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.log(error.message);
}
