// Products of matrices, batched over the dimensions in front of the last two.

import type { GraphBuilder, Value } from "../graph-builder.ts";

export type Transposed = { readonly a?: boolean; readonly b?: boolean };

/**
 * a [..., m, k] times b [..., k, n], each stored the other way round where `transposed` says so. ONNX Runtime's CPU
 * provider multiplies transposed matrices as they lie (FusedMatMul); its WebGPU provider does so for two dimensions.
 */
export function matrixProduct(
  graph: GraphBuilder,
  a: Value,
  b: Value,
  shape: readonly number[],
  transposed: Transposed = {},
): Value {
  const [transA, transB] = [Number(transposed.a ?? false), Number(transposed.b ?? false)];
  if (graph.device !== "gpu") {
    const attributes = { transA, transB, alpha: { float: 1 } };
    return graph.node("FusedMatMul", [a, b], shape, attributes, { domain: "com.microsoft" });
  }
  if (shape.length === 2) return graph.node("Gemm", [a, b], shape, { transA, transB });
  return graph.node("MatMul", [transA ? turned(graph, a) : a, transB ? turned(graph, b) : b], shape);
}

/** [..., m, n] as [..., n, m]. */
function turned(graph: GraphBuilder, x: Value): Value {
  const rank = x.shape.length;
  const perm = [...Array.from({ length: rank - 2 }, (_, dimension) => dimension), rank - 1, rank - 2];
  return graph.node(
    "Transpose",
    [x],
    perm.map((dimension) => x.shape[dimension]!),
    { perm },
  );
}
