import path from "node:path";
import { z } from "zod";

/** The option of metrics that need an ONNX file of the user's; `takes` completes "an .onnx file that takes …". */
export function weightsOption(takes: string) {
  const error = `an .onnx file that takes ${takes}, as docs/metrics.md says how to make`;
  return z
    .string({ error })
    .regex(/\S/, { error })
    .describe(`${error[0]!.toUpperCase()}${error.slice(1)}. A relative path starts at this file's folder.`);
}

/** Only values of the same file compare. */
export function sameFile({ weights }: { readonly weights: string }): string {
  return path.basename(weights);
}
