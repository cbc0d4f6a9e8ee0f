import { lowerParts } from "../lower-parts.ts";
import { convolutionRules } from "./convolution.ts";
import { depthwiseRules } from "./depthwise.ts";
import { elementwiseRules } from "./elementwise.ts";
import { poolingRules } from "./pooling.ts";
import { reductionRules } from "./reduction.ts";
import { resizeRules } from "./resize.ts";
import type { Rules } from "./rule.ts";
import { shapeRules } from "./shape.ts";

/** How every kernel of a trace becomes ONNX nodes. */
export const rules: Rules = {
  ...convolutionRules,
  ...depthwiseRules,
  ...elementwiseRules,
  ...poolingRules,
  ...reductionRules,
  ...resizeRules,
  ...shapeRules,
  SumOverParts: lowerParts,
};
