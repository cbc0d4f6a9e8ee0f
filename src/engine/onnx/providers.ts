// What differs between ONNX Runtime's execution providers; everything else about them is the same.

import type { ort } from "../../onnxruntime.ts";
import type { DeviceName } from "../choices.ts";
import type { GraphDevice } from "./graph-builder.ts";
import { type GraphParts, nodeName } from "./model-proto.ts";

type ProviderDevice = Exclude<DeviceName, "mps">;

export type Provider = {
  readonly device: ProviderDevice;
  /** Which form of a graph it runs best. */
  readonly graphDevice: GraphDevice;
  /**
   * Whether outputs can stay on its device and be fed back. Then one step is one call. Otherwise several steps are one
   * call, an ONNX Loop, so that the state is copied out once for all of them.
   */
  readonly stateStays: boolean;
  /** The relative precision of one product: float32, or TensorFloat-32 where the provider rounds to it. */
  readonly precision: number;
  /** The options of a session that runs `graph`. */
  session(graph: GraphParts): ort.InferenceSession.SessionOptions;
};

const float32 = 1e-6;
const tensorFloat32 = 5e-4;

export const providers = {
  cpu: {
    device: "cpu",
    graphDevice: "cpu",
    stateStays: false,
    precision: float32,
    session: () => ({ executionProviders: ["cpu"] }),
  },
  // From JavaScript its outputs always come back to the host; inside a Loop they stay.
  cuda: {
    device: "cuda",
    graphDevice: "gpu",
    stateStays: false,
    precision: tensorFloat32,
    session: () => ({ executionProviders: ["cuda", "cpu"] }),
  },
  // NHWC, which it prefers by itself, gives silently wrong convolutions (microsoft/onnxruntime#29651). A Loop would
  // run on the CPU and copy the state at every step.
  webgpu: {
    device: "webgpu",
    graphDevice: "gpu",
    stateStays: true,
    precision: float32,
    session: (graph) => {
      const forceCpuNodeNames = withIndices(graph);
      const webgpu = { name: "webgpu", preferredLayout: "NCHW" } as const;
      // It refuses an empty list.
      return {
        executionProviders: [forceCpuNodeNames.length > 0 ? { ...webgpu, forceCpuNodeNames } : webgpu],
      };
    },
  },
} satisfies Record<ProviderDevice, Provider>;

/** Maximum pooling that also says where: the WebGPU provider takes such nodes, and then fails in them. */
function withIndices({ nodes }: GraphParts): string[] {
  return nodes.flatMap((node, index) =>
    node.op === "MaxPool" && node.outputs.length > 1 ? nodeName(node, index) : [],
  );
}
