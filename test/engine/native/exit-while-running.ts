// A program of its own: ends while a session runs on a thread of libuv's. Exits with 0 unless something crashes.

import { createNativeSession } from "../../../src/engine/native/native-session.ts";
import { modelOf } from "./native-for-tests.ts";

const size = 512;
const model = modelOf({ x: [size, size] }, (graph, { x }) => {
  let value = x!;
  for (let i = 0; i < 100; i++) value = graph.node("MatMul", [value, x!], [size, size]);
  return { y: value };
});
const session = await createNativeSession(model, { threads: 2 });
const memory = size * size;
void session.run({ x: new Float32Array(memory) }, { y: new Float32Array(memory) });
setTimeout(() => process.exit(0), 5);
