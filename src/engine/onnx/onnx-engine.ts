// The default engine: a step traced once into an ONNX graph, run natively by one of ONNX Runtime's providers.

import os from "node:os";
import { ort } from "../../onnxruntime.ts";
import type { TensorFunction, TensorSpecs } from "../../training-step.ts";
import type { CompiledFunction, Engine } from "../engine.ts";
import type { Native } from "../native/addon.ts";
import { lowerFunction } from "./lower-function.ts";
import { encodeModel } from "./model-proto.ts";
import { createNativeEngine } from "./native-engine.ts";
import { type Provider, providers } from "./providers.ts";
import { type CreateSession, createReadBack, type SessionOptions } from "./read-back.ts";
import { compileResidentStep, tensorOf } from "./resident-step.ts";
import { engineName, exportState, importState, releaseState, tensorsOf } from "./state-tensors.ts";
import { createThreadedEngine } from "./threaded-engine.ts";

export type OnnxEngineOptions = {
  readonly threads?: number;
  readonly provider?: Provider;
  /** How runs name the device; the CPU's threads where it is left out. */
  readonly device?: string;
  /** Our own binding, which then runs what the CPU is asked for. */
  readonly native?: Native | null;
};

export function openOnnxEngine({
  threads = os.availableParallelism(),
  provider = providers.cpu,
  device = `cpu (${threads} threads)`,
  native = null,
}: OnnxEngineOptions = {}): Engine {
  const shared: ort.InferenceSession.SessionOptions = {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: "all",
    enableMemPattern: false, // as fast without, and 10 % less memory for beta
    // Moments of weights that stopped moving decay into denormal numbers, which are slow and mean zero.
    extra: { session: { set_denormal_as_zero: "1" } },
    logSeverityLevel: 3,
  };
  const optionsFor: SessionOptions = (graph) => ({ ...shared, ...provider.session(graph) });
  const { graphDevice, stateStays } = provider;
  const description = {
    name: engineName,
    device,
    version: `onnxruntime-node ${ort.env.versions.node}`,
  } as const;
  if (native && provider === providers.cpu) {
    const version = `${description.version}, native kernels (${native.kernels[0]})`;
    return createNativeEngine({ ...description, version }, threads);
  }
  if (!stateStays) return createThreadedEngine(description, optionsFor, graphDevice);

  const createSession: CreateSession = (graph, more) =>
    ort.InferenceSession.create(encodeModel(graph), { ...optionsFor(graph), ...more });
  const readBack = createReadBack(createSession);
  return {
    ...description,
    importState,
    exportState: (state) => exportState(state, readBack),
    release: releaseState,
    compileStep: (step, stateSpecs, specs) =>
      compileResidentStep(createSession, graphDevice, readBack, step, stateSpecs, specs),
    compile: (call, stateSpecs, inputSpecs) => compile(createSession, provider, call, stateSpecs, inputSpecs),
  };
}

async function compile(
  createSession: CreateSession,
  { graphDevice }: Provider,
  call: TensorFunction,
  stateSpecs: TensorSpecs,
  inputSpecs: TensorSpecs,
): Promise<CompiledFunction> {
  const session = await createSession(lowerFunction(call, stateSpecs, inputSpecs, graphDevice));
  return {
    async run(state, inputs) {
      const known = tensorsOf(state);
      const feeds: Record<string, ort.Tensor> = {};
      for (const name of Object.keys(stateSpecs)) feeds[name] = known[name]!;
      for (const [name, spec] of Object.entries(inputSpecs)) {
        feeds[name] = tensorOf(inputs[name], spec, name);
      }
      const results = await session.run(feeds);
      return Object.fromEntries(
        Object.entries(results).map(([name, tensor]) => [
          name.replace(/^output\//, ""),
          tensor.data as Float32Array,
        ]),
      );
    },
    close: () => session.release(),
  };
}
