// Reads buffers of a device: an Identity whose input lies there and whose output is asked for in memory. (Tensor's own
// getData aborts the process in onnxruntime-node 1.30.)

import ort from "onnxruntime-node";
import { GraphBuilder } from "./graph-builder.ts";
import { encodeModel } from "./model-proto.ts";

export type ReadBack = (tensor: ort.Tensor) => Promise<Float32Array>;

/** Sessions are made once for each number of dimensions, when one is needed. */
export function createReadBack(options: ort.InferenceSession.SessionOptions): ReadBack {
  const sessions = new Map<number, Promise<ort.InferenceSession>>();
  return async (tensor) => {
    if (tensor.location === "cpu") return tensor.data as Float32Array;
    const rank = tensor.dims.length;
    let session = sessions.get(rank);
    if (!session) {
      session = ort.InferenceSession.create(identityModel(rank), options);
      sessions.set(rank, session);
    }
    const { y } = await (await session).run({ x: tensor });
    return y!.data as Float32Array;
  };
}

function identityModel(rank: number): Uint8Array {
  const graph = new GraphBuilder();
  const shape = Array.from({ length: rank }, (_, dimension) => `d${dimension}`);
  const x = graph.input("x", "float32", shape);
  const y = graph.node("Identity", [x], x.shape);
  return encodeModel(graph.build("read", [{ name: "y", type: "float32", shape, value: y }]));
}
