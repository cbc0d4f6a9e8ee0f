// Nearest-neighbour enlargement by whole factors and bilinear resizing.

import { nchw } from "../lowering.ts";
import { made, type Rules, shapeIn } from "./rule.ts";

export const resizeRules: Rules = {
  ResizeNearestNeighbor: (context) => {
    const { lowering, graph, inputs, attributes, outputs } = context;
    const [rows, columns] = attributes.factors as [number, number];
    const value = graph.node(
      "Resize",
      [lowering.valueIn(inputs[0]!, nchw), null, graph.constant(Float32Array.of(1, 1, rows, columns))],
      shapeIn(nchw, outputs[0]!.shape),
      { mode: "nearest", coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" },
    );
    return made(context, value, nchw);
  },
  // With half-pixel centers.
  ResizeBilinear: (context) => {
    const { lowering, graph, inputs, outputs } = context;
    const shape = shapeIn(nchw, outputs[0]!.shape);
    const value = graph.node(
      "Resize",
      [lowering.valueIn(inputs[0]!, nchw), null, null, graph.int64(...shape)],
      shape,
      { mode: "linear", coordinate_transformation_mode: "half_pixel" },
    );
    return made(context, value, nchw);
  },
};
