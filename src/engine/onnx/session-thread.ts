// ONNX Runtime computes synchronously. Its sessions live in a thread of their own, so that signals, the heartbeat, the
// progress bar and the next batches do not wait for a call's end; and the state of a training stays there between calls.

import { Worker } from "node:worker_threads";
import "../../no-telemetry.ts";
import type { TensorArray } from "../../training-step.ts";
import type { GraphParts } from "./model-proto.ts";
import { encodeModel } from "./model-proto.ts";
import type { SessionOptions } from "./read-back.ts";

/** A float32 tensor that lies in the thread until it is freed. */
export type StoredTensor = { readonly id: number; readonly dims: readonly number[] };

export type GivenTensor = {
  readonly type: "float32" | "int32" | "int64" | "uint8";
  readonly data: TensorArray | BigInt64Array;
  readonly dims: readonly number[];
};

export type ThreadSession = {
  /** Outputs with a shape in `keep` stay in the thread; the others come back as they lie. */
  run(
    feeds: Readonly<Record<string, StoredTensor | GivenTensor>>,
    keep?: Readonly<Record<string, readonly number[]>>,
  ): Promise<{
    readonly kept: Readonly<Record<string, StoredTensor>>;
    readonly outputs: Readonly<Record<string, Float32Array>>;
  }>;
  close(): Promise<void>;
};

export type SessionThread = {
  createSession(graph: GraphParts): Promise<ThreadSession>;
  store(data: Float32Array, dims: readonly number[]): StoredTensor;
  /** A copy. */
  read(tensor: StoredTensor): Promise<Float32Array>;
  free(tensors: readonly StoredTensor[]): void;
};

/** The thread starts with the first call, and does not keep the process alive. */
export function openSessionThread(optionsFor: SessionOptions): SessionThread {
  let channel: ReturnType<typeof openChannel> | null = null;
  const ask = (call: string, given: object) => {
    channel ??= openChannel();
    return channel.ask(call, given);
  };
  const tell = (call: string, given: object) => {
    channel ??= openChannel();
    channel.tell(call, given);
  };
  let ids = 0;
  return {
    async createSession(graph) {
      const session = ++ids;
      await ask("create", { id: session, model: encodeModel(graph), options: optionsFor(graph) });
      return {
        async run(feeds, keep = {}) {
          const kept = Object.fromEntries(
            Object.entries(keep).map(([name, dims]) => [name, { id: ++ids, dims }]),
          );
          const keepIds = Object.fromEntries(Object.entries(kept).map(([name, { id }]) => [name, id]));
          const outputs = await ask("run", { session, feeds, keep: keepIds });
          return { kept, outputs: outputs as Record<string, Float32Array> };
        },
        close: async () => {
          await ask("close", { session });
        },
      };
    },
    store(data, dims) {
      const id = ++ids;
      tell("store", { id, data, dims });
      return { id, dims };
    },
    read: async ({ id }) => (await ask("read", { id })) as Float32Array,
    free: (tensors) => tell("free", { ids: tensors.map(({ id }) => id) }),
  };
}

type Pending = { readonly resolve: (result: unknown) => void; readonly reject: (error: Error) => void };

function openChannel() {
  const worker = new Worker(new URL("./session-worker.js", import.meta.url));
  worker.unref();
  const pending = new Map<number, Pending>();
  let tickets = 0;
  const settle = (ticket: number, act: (waiting: Pending) => void) => {
    const waiting = pending.get(ticket);
    pending.delete(ticket);
    if (pending.size === 0) worker.unref();
    if (waiting) act(waiting);
  };
  const failAll = (error: Error) => {
    for (const ticket of [...pending.keys()]) settle(ticket, ({ reject }) => reject(error));
  };
  worker.on("message", ({ ticket, result, error }) =>
    settle(ticket, ({ resolve, reject }) =>
      error === undefined ? resolve(result) : reject(new Error(`ONNX Runtime: ${error}`)),
    ),
  );
  worker.on("error", failAll);
  worker.on("exit", (code) => failAll(new Error(`the thread of ONNX Runtime ended with code ${code}`)));
  return {
    tell: (call: string, given: object) => worker.postMessage({ call, ticket: null, ...given }),
    ask: (call: string, given: object) =>
      new Promise<unknown>((resolve, reject) => {
        const ticket = ++tickets;
        pending.set(ticket, { resolve, reject });
        worker.ref();
        worker.postMessage({ call, ticket, ...given });
      }),
  };
}
