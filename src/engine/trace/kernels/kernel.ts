// What every kernel file is made of.

import type { KernelConfig, TensorInfo } from "@tensorflow/tfjs-core";
import { type Recorder, recorderName } from "../recorder.ts";

export type KernelContext = {
  readonly recorder: Recorder;
  readonly inputs: Readonly<Record<string, TensorInfo>>;
  // TensorFlow.js gives each kernel its own attributes; the kernel's code states what it reads.
  readonly attrs: Readonly<Record<string, unknown>>;
};

/** A kernel of the recorder under TensorFlow.js's name for it. */
export function kernel(
  kernelName: string,
  record: (context: KernelContext) => TensorInfo | TensorInfo[],
): KernelConfig {
  return {
    kernelName,
    backendName: recorderName,
    kernelFunc: ({ inputs, attrs, backend }) =>
      record({
        recorder: backend as unknown as Recorder,
        inputs: inputs as Record<string, TensorInfo>,
        attrs: (attrs ?? {}) as Record<string, unknown>,
      }),
  };
}
