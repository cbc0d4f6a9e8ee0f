// Starts the process of PyTorch, lets it train for a long time and prints its number. For torch-faults.test.ts.

import { specsOf } from "../../src/engine/engine.ts";
import { findPython } from "../../src/engine/torch/find-python.ts";
import { createTorchEngine } from "../../src/engine/torch/torch-engine.ts";
import { startTorch } from "../../src/engine/torch/torch-process.ts";
import { betaExample, randomInputs } from "./examples.ts";

const torch = await startTorch(findPython());
const engine = await createTorchEngine(torch, { device: "cpu", description: "cpu", threads: 1 });
const example = betaExample(32, 8);
const compiled = await engine.compileStep(example.step, specsOf(example.initial), example.specs);
const running = compiled.run(engine.importState(example.initial), 500, randomInputs(example, 500));
console.log(torch.pid);
await running;
