// A session of our own binding: it computes over arrays that lie in JavaScript, on a thread of libuv's, and copies none.

import type { NativeArrays, PortDescription } from "./addon.ts";
import { openNative } from "./addon.ts";

export type NativeSessionOptions = {
  readonly threads: number;
  /** A form of the kernels by name, for tests; the fastest that this processor has where it is left out. */
  readonly kernels?: string;
};

/**
 * Arrays must stay as they are, and must not be transferred, until the promise is fulfilled. A call that fails leaves what
 * it writes undefined, and everything else as it was. Errors carry ONNX Runtime's words.
 */
export type NativeSession = {
  readonly inputs: readonly PortDescription[];
  readonly outputs: readonly PortDescription[];
  /**
   * Computes once. `inputs` and `outputs` name an array for every input and output of the graph, of as many numbers as its
   * shape has. The same array may be an input and an output: then it is updated in place.
   */
  run(inputs: NativeArrays, outputs: NativeArrays): Promise<void>;
  /**
   * Computes `count` times. An array of `state` is input `name` and output `name/next`, in place. `stacked` hold `count`
   * times the numbers of an input. `losses` receives output "losses" of every step, [count, n].
   */
  runSteps(
    count: number,
    state: Readonly<Record<string, Float32Array>>,
    stacked: NativeArrays,
    losses: Float32Array,
  ): Promise<void>;
  /** Frees it when all calls under way have ended. */
  close(): void;
};

/** Opens a session for a model file; its shapes must be static. */
export async function createNativeSession(
  model: Uint8Array,
  { threads, kernels = "" }: NativeSessionOptions,
): Promise<NativeSession> {
  const { addon } = await openNative();
  const session = await addon.create(model, threads, kernels);
  return {
    ...addon.describe(session),
    run: (inputs, outputs) => addon.run(session, inputs, outputs),
    runSteps: (count, state, stacked, losses) => addon.runSteps(session, count, state, stacked, losses),
    close: () => addon.close(session),
  };
}
