// One part of bench/soak.ts in a process of its own, so that its memory is its own too: `train` trains an experiment (JSON) in a
// runs folder, `calls` calls a session of ONNX Runtime with inputs that change in content and size. Sends a reading every so
// many steps or calls, then "done". Needs node --expose-gc: what V8 has not collected yet is no growth.

import { GraphBuilder } from "../src/engine/onnx/graph-builder.ts";
import { encodeModel } from "../src/engine/onnx/model-proto.ts";
import { completeExperiment } from "../src/experiment/complete-experiment.ts";
import { ort } from "../src/onnxruntime.ts";
import { silent } from "../src/output.ts";
import { randomStream } from "../src/random.ts";
import { runExperiment } from "../src/runner/run-experiment.ts";

export type Reading = {
  /** Steps or calls so far. */
  readonly at: number;
  /** Of all threads, without what readings take. */
  readonly processorMs: number;
  readonly residentBytes: number;
  /** What the same work took just now: the machine's own speed swings. */
  readonly referenceMs: number;
};

const [what, ...rest] = process.argv.slice(2);
let readingMs = 0;
const read = (at: number) => {
  const before = usedMs();
  globalThis.gc!();
  const residentBytes = process.memoryUsage.rss();
  const referenceMs = timeReference();
  process.send!({ at, processorMs: before - readingMs, residentBytes, referenceMs } satisfies Reading);
  readingMs += usedMs() - before;
};
if (what === "train") await train(rest[0]!, rest[1]!, Number(rest[2]));
else await calls(Number(rest[0]), Number(rest[1]));
process.send!("done");
process.disconnect();

/** Products of small matrices, as much as some steps. */
function timeReference(): number {
  const before = usedMs();
  const size = 128;
  const [a, b, c] = Array.from({ length: 3 }, () => new Float64Array(size * size).fill(0.5)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  for (let row = 0; row < size; row++)
    for (let inner = 0; inner < size; inner++) {
      const factor = a[row * size + inner]!;
      for (let column = 0; column < size; column++)
        c[row * size + column]! += factor * b[inner * size + column]!;
    }
  return usedMs() - before;
}

function usedMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function train(runsFolder: string, experiment: string, every: number): Promise<void> {
  let next = 0;
  const progress = () => ({
    update(step: number) {
      if (step < next) return;
      read(step);
      next = step + every;
    },
    stop() {},
  });
  const output = { ...silent, error: console.error, progress };
  const { status } = await runExperiment(completeExperiment(JSON.parse(experiment)), {
    runsFolder,
    source: null,
    resume: null,
    output,
    threads: 1,
  });
  if (status !== "FINISHED") throw new Error(`the training ended as ${status}`);
}

/** A convolution of 8 channels over pictures of 16 to 111 pixels a side. */
async function calls(count: number, every: number): Promise<void> {
  const graph = new GraphBuilder();
  const input = graph.input("x", "float32", [1, 3, "height", "width"]);
  const weights = graph.constant(new Float32Array(216).fill(0.1), [8, 3, 3, 3]);
  const value = graph.node("Conv", [input, weights], [1, 8, -1, -1], { pads: [1, 1, 1, 1] });
  const outputs = [{ name: "y", type: "float32" as const, shape: [1, 8, "height", "width"], value }];
  const session = await ort.InferenceSession.create(encodeModel(graph.build("soak", outputs)), {
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  const stream = randomStream("soak");
  for (let call = 1; call <= count; call++) {
    const [height, width] = [16 + stream.below(96), 16 + stream.below(96)];
    const pixels = Float32Array.from({ length: 3 * height * width }, stream.uniform);
    await session.run({ x: new ort.Tensor("float32", pixels, [1, 3, height, width]) });
    if (call % every === 0) read(call);
  }
}
