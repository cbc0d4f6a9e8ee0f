// A thread that runs ONNX Runtime's sessions and keeps tensors between calls; session-thread.ts is the other end.
// JavaScript, because threads of Node 20 do not run TypeScript.

import { parentPort } from "node:worker_threads";
// biome-ignore lint/style/noRestrictedImports: the thread that starts it has seen to telemetry, and cannot load TypeScript
import ort from "onnxruntime-node";

/** @type {Map<number, ort.InferenceSession>} */
const sessions = new Map();
/** @type {Map<number, ort.Tensor>} */
const stored = new Map();

const calls = {
  async create({ id, model, options }) {
    sessions.set(id, await ort.InferenceSession.create(model, options));
  },
  store({ id, data, dims }) {
    stored.set(id, new ort.Tensor("float32", data, dims));
  },
  /** `keep` gives ids to the outputs that stay here; the others come back. */
  async run({ session, feeds, keep }) {
    const tensors = Object.fromEntries(
      Object.entries(feeds).map(([name, { id, type, data, dims }]) => [
        name,
        id === undefined ? new ort.Tensor(type, data, dims) : stored.get(id),
      ]),
    );
    const results = await sessions.get(session).run(tensors);
    const outputs = {};
    for (const [name, tensor] of Object.entries(results)) {
      if (name in keep) stored.set(keep[name], tensor);
      else outputs[name] = tensor.data;
    }
    return outputs;
  },
  read: ({ id }) => stored.get(id).data,
  free({ ids }) {
    for (const id of ids) stored.delete(id);
  },
  async close({ session }) {
    await sessions.get(session).release();
    sessions.delete(session);
  },
};

parentPort.on("message", async ({ call, ticket, ...given }) => {
  try {
    const result = await calls[call](given);
    if (ticket === null) return;
    const transfer = call === "run" ? Object.values(result).map(({ buffer }) => buffer) : [];
    parentPort.postMessage({ ticket, result }, transfer);
  } catch (error) {
    parentPort.postMessage({ ticket, error: error instanceof Error ? error.message : String(error) });
  }
});
