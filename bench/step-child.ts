// Times training steps of one case on one engine in a process of its own, so that its peak memory is its own too.
// Arguments: engine, device, name of the case, batch, steps. Prints one line of JSON, as the files in bench/peers do.

import type { DeviceChoice, EngineChoice } from "../src/engine/choices.ts";
import { specsOf } from "../src/engine/engine.ts";
import { openEngine } from "../src/engine/engines.ts";
import { recordStep } from "../src/engine/trace/record.ts";
import { completeExperiment } from "../src/experiment/complete-experiment.ts";
import { optimizerSchema } from "../src/models/optimizers/optimizers.ts";
import { randomStream } from "../src/random.ts";
import { buildNetwork } from "../src/runner/build-network.ts";
import { drawNoise } from "../src/runner/noise.ts";
import { stepsOfNextCall } from "../src/runner/steps-per-call.ts";
import { multiplyAddsOf } from "./multiply-adds.ts";
import { costSoFar } from "./process-cost.ts";
import { stepCases } from "./step-cases.ts";

type Arguments = [EngineChoice, DeviceChoice, string, string, string];
const [choice, device, name, ...numbers] = process.argv.slice(2) as Arguments;
const [batch, steps] = numbers.map(Number) as [number, number];
const { model, learningRate, beta1, size } = stepCases.find((one) => one.name === name)!;

const engine = await openEngine(choice, { device });
const optimizer = optimizerSchema.parse({ name: "adam", learning_rate: learningRate, beta1 });
const { image: asked, train } = completeExperiment({ dataset: "synthetic", image: { size } });
const network = await buildNetwork({
  model,
  image: asked,
  train: { ...train, batch_size: batch, optimizer },
});
const initial = network.init(1);
const specs = specsOf(initial);
const compiled = await engine.compileStep(network.step, specs, network.specs);
let state = engine.importState(initial, { take: true });
const stream = randomStream("bench");
const image = Uint8Array.from({ length: batch * size * size * 3 }, () => stream.below(256));

const stepMs: number[] = [];
let before = costSoFar();
let count = 1;
for (let done = 0; done < steps; ) {
  const rgb = new Uint8Array(count * image.length);
  for (let index = 0; index < count; index++) rgb.set(image, index * image.length);
  const scalars = Array.from({ length: count }, (_, index) => network.hyper(done + index + 1, 1));
  const start = performance.now();
  const result = await compiled.run(state, count, {
    batch: { rgb },
    noise: drawNoise(network.specs.noise, 1, done, count),
    hyper: Object.fromEntries(
      network.specs.hyper.map((name) => [name, Float32Array.from(scalars, (values) => values[name]!)]),
    ),
  });
  const tookMs = performance.now() - start;
  state = result.state;
  if (done <= 2) before = costSoFar();
  else for (let index = 0; index < count; index++) stepMs.push(tookMs / count);
  done += count;
  count = Math.min(stepsOfNextCall(count, tookMs, specs), Math.max(1, steps - done));
}

stepMs.sort((a, b) => a - b);
const after = costSoFar();
const at = (share: number) => stepMs[Math.min(stepMs.length - 1, Math.floor(share * stepMs.length))]!;
console.log(
  JSON.stringify({
    peer: `${engine.name} (${engine.version})`,
    parameters: network.parameters,
    multiplyAdds: multiplyAddsOf(recordStep(network.step, specs, network.specs)),
    medianMs: at(0.5),
    p10: at(0.1),
    p90: at(0.9),
    imagesPerSecond: (batch * 1000) / at(0.5),
    cpuMs: (after.cpuMs - before.cpuMs) / stepMs.length,
    peakRssMiB: after.peakMiB,
  }),
);
process.exit(0);
