// What the tests of engines, models and runner compute with: HUERISTIC_TEST_ENGINE=onnx|torch|tensorflow|webgpu, onnx on the
// CPU where it is left out. The engine must be there: this is for trying one on purpose.

import type { DeviceChoice, EngineChoice } from "../src/engine/choices.ts";

type Tested = { readonly engine: EngineChoice; readonly device: DeviceChoice };

const choices: Readonly<Record<string, Tested>> = {
  onnx: { engine: "onnx", device: "cpu" },
  torch: { engine: "torch", device: "cpu" },
  tensorflow: { engine: "tensorflow", device: "auto" },
  webgpu: { engine: "onnx", device: "webgpu" },
};

export const testedEngine = chosen(process.env.HUERISTIC_TEST_ENGINE ?? "onnx");

function chosen(name: string): Tested {
  const choice = choices[name];
  if (!choice) {
    throw new Error(`HUERISTIC_TEST_ENGINE: expected one of ${Object.keys(choices).join(", ")}, got ${name}`);
  }
  return choice;
}
