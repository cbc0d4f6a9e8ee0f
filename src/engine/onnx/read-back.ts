// Reads buffers of a device: an Identity whose input lies there and whose output is asked for in memory. (Tensor's own
// getData aborts the process in onnxruntime-node 1.30.)

import type { ort } from "../../onnxruntime.ts";
import { GraphBuilder } from "./graph-builder.ts";
import type { GraphParts } from "./model-proto.ts";

export type CreateSession = (
  graph: GraphParts,
  options?: ort.InferenceSession.SessionOptions,
) => Promise<ort.InferenceSession>;

/** The options of a session that runs `graph`. */
export type SessionOptions = (graph: GraphParts) => ort.InferenceSession.SessionOptions;

export type ReadBack = (tensor: ort.Tensor) => Promise<Float32Array>;

/** Sessions are made once for each number of dimensions, when one is needed. */
export function createReadBack(createSession: CreateSession): ReadBack {
  const sessions = new Map<number, Promise<ort.InferenceSession>>();
  return async (tensor) => {
    if (tensor.location === "cpu") return tensor.data as Float32Array;
    const rank = tensor.dims.length;
    let session = sessions.get(rank);
    if (!session) {
      session = createSession(identityGraph(rank));
      sessions.set(rank, session);
    }
    const { y } = await (await session).run({ x: tensor });
    return y!.data as Float32Array;
  };
}

function identityGraph(rank: number): GraphParts {
  const graph = new GraphBuilder();
  const shape = Array.from({ length: rank }, (_, dimension) => `d${dimension}`);
  const x = graph.input("x", "float32", shape);
  const y = graph.node("Identity", [x], x.shape);
  return graph.build("read", [{ name: "y", type: "float32", shape, value: y }]);
}
