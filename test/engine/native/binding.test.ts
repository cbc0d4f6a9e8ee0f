// Sessions of our own binding: what they compute in place, what they refuse, and that calls leave the event loop free.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { addonFile } from "../../../src/engine/native/addon.ts";
import { findLibrary } from "../../../src/engine/native/library.ts";
import { createNativeSession } from "../../../src/engine/native/native-session.ts";
import { typescript } from "../../typescript.ts";
import { compute, modelOf, numbers, skip } from "./native-for-tests.ts";

/** x/next = x + given; losses = [sum of x, sum of given]. */
function counting(size: number): Uint8Array {
  return modelOf({ x: [size], given: [size] }, (graph, { x, given }) => {
    const sums = [x!, given!].map((value) => graph.node("ReduceSum", [value], [1], { keepdims: 1 }));
    return {
      "x/next": graph.node("Add", [x!, given!], [size]),
      losses: graph.node("Concat", sums, [2], { axis: 0 }),
    };
  });
}

/** About as long as it says on any machine of these years: products of square matrices. */
function slow(products: number, size = 512): Uint8Array {
  return modelOf({ x: [size, size] }, (graph, { x }) => {
    let value = x!;
    for (let i = 0; i < products; i++) value = graph.node("MatMul", [value, x!], [size, size]);
    return { y: value };
  });
}

describe("a native session", { skip }, () => {
  it("describes its inputs and outputs", async () => {
    const session = await createNativeSession(counting(3), { threads: 1 });
    assert.deepEqual(session.inputs, [
      { name: "x", type: 1, dims: [3] },
      { name: "given", type: 1, dims: [3] },
    ]);
    assert.deepEqual(session.outputs, [
      { name: "x/next", type: 1, dims: [3] },
      { name: "losses", type: 1, dims: [2] },
    ]);
    session.close();
  });

  it("updates one array that is input and output, and takes slices of others where they lie", async () => {
    // 4 numbers a step lie at multiples of 16 bytes, 3 do not; an offset of one number moves both.
    for (const size of [3, 4, 16])
      for (const offset of [0, 1, 4]) {
        const session = await createNativeSession(counting(size), { threads: 2 });
        const x = new Float32Array(size).fill(1);
        const all = Float32Array.from({ length: offset + 3 * size }, (_, index) => index);
        const given = all.subarray(offset);
        const losses = new Float32Array(6);
        const expected: number[] = [];
        const state = Float64Array.from(x);
        const sum = (values: Iterable<number>) => [...values].reduce((a, b) => a + b, 0);
        for (let step = 0; step < 3; step++) {
          const now = given.subarray(step * size, (step + 1) * size);
          expected.push(sum(state), sum(now));
          now.forEach((value, index) => {
            state[index]! += value;
          });
        }
        await session.runSteps(3, { x }, { given }, losses);
        assert.deepEqual([...losses], expected);
        assert.deepEqual([...x], [...state]);
        session.close();
      }
  });

  it("takes numbers of every type", async () => {
    const { GraphBuilder } = await import("../../../src/engine/onnx/graph-builder.ts");
    const { encodeModel } = await import("../../../src/engine/onnx/model-proto.ts");
    const graph = new GraphBuilder();
    const types = { uint8: 2, int32: 6, int64: 7 } as const;
    const sums = Object.keys(types).map((type) =>
      graph.node("Cast", [graph.input(type, type as "uint8", [2])], [2], { to: 1 }, { type: "float32" }),
    );
    const value = graph.node("Sum", sums, [2]);
    const back = graph.node("Cast", [value], [2], { to: 7 }, { type: "int64" });
    const session = await createNativeSession(
      encodeModel(
        graph.build("types", [
          { name: "sum", type: "float32", shape: [2], value },
          { name: "back", type: "int64", shape: [2], value: back },
        ]),
      ),
      { threads: 1 },
    );
    const inputs = {
      uint8: Uint8Array.of(200, 1),
      int32: Int32Array.of(-5, 2),
      int64: BigInt64Array.of(7n, 4n),
    };
    const outputs = { sum: new Float32Array(2), back: new BigInt64Array(2) };
    await session.run(inputs, outputs);
    assert.deepEqual(outputs, { sum: Float32Array.of(202, 7), back: BigInt64Array.of(202n, 7n) });
    session.close();
  });

  it("refuses arrays that do not fit, and goes on", async () => {
    const session = await createNativeSession(counting(3), { threads: 1 });
    const three = () => new Float32Array(3);
    const two = () => new Float32Array(2);
    const good = { x: three(), given: three() };
    const out = () => ({ "x/next": three(), losses: two() });
    const refused: readonly [RegExp, () => Promise<void>][] = [
      [/x: expected 3 numbers, got 2/, () => session.run({ ...good, x: two() }, out())],
      [/losses: expected 2 numbers, got 3/, () => session.run(good, { ...out(), losses: three() })],
      [
        /given: expected 6 numbers, got 3/,
        () => session.runSteps(2, { x: three() }, { given: three() }, new Float32Array(4)),
      ],
      [
        /losses: expected 4 numbers, got 2/,
        () => session.runSteps(2, { x: three() }, { given: new Float32Array(6) }, two()),
      ],
      [/the graph has 2 inputs, 1 given/, () => session.run({ x: three() }, out())],
      [/the graph has no input z/, () => session.run({ x: three(), z: three() }, out())],
      [/x: the array's type is not the graph's/, () => session.run({ ...good, x: new Int32Array(3) }, out())],
      [/x: expected a typed array/, async () => session.run({ ...good, x: [1, 2, 3] as never }, out())],
      [
        /x: expected a Float32Array/,
        async () => session.run({ ...good, x: new Float64Array(3) as never }, out()),
      ],
    ];
    for (const [message, call] of refused) await assert.rejects(async () => call(), message);
    await session.run(good, out());
    session.close();
  });

  it("refuses outputs that share memory with anything but their input", async () => {
    const session = await createNativeSession(counting(3), { threads: 1 });
    const memory = new Float32Array(8);
    const [x, given] = [memory.subarray(0, 3), memory.subarray(3, 6)];
    await assert.rejects(
      session.run({ x, given }, { "x/next": memory.subarray(1, 4), losses: new Float32Array(2) }),
      /share memory/,
    );
    await assert.rejects(
      session.run({ x, given }, { "x/next": x, losses: memory.subarray(5, 7) }),
      /given and losses share memory/,
    );
    await session.run({ x, given }, { "x/next": x, losses: memory.subarray(6, 8) });
    session.close();
  });

  it("says what ONNX Runtime does not like, when it is made and when it runs", async () => {
    await assert.rejects(createNativeSession(Uint8Array.of(1, 2, 3), { threads: 1 }), /protobuf|model/i);
    await assert.rejects(
      createNativeSession(
        modelOf({ x: [1] }, (graph, { x }) => ({ y: graph.node("NoSuchThing", [x!], [1]) })),
        { threads: 1 },
      ),
      /NoSuchThing/,
    );
    const model = modelOf({ x: [2], shape: [1] }, (graph, { x, shape }) => {
      const to = graph.node("Cast", [shape!], [1], { to: 7 }, { type: "int64" });
      return { y: graph.node("Reshape", [x!, to], [2]) };
    });
    const session = await createNativeSession(model, { threads: 1 });
    const x = numbers(2, 1);
    const y = new Float32Array(2);
    for (let times = 0; times < 20; times++)
      await assert.rejects(session.run({ x, shape: Float32Array.of(5) }, { y }), /Reshape/);
    await session.run({ x, shape: Float32Array.of(2) }, { y });
    assert.deepEqual(y, x);
    session.close();
  });

  it("can be closed while it runs, twice, and not used afterwards", async () => {
    const session = await createNativeSession(slow(20), { threads: 1 });
    const y = new Float32Array(512 * 512);
    const x = new Float32Array(512 * 512);
    for (let i = 0; i < 512; i++) x[i * 513] = 1;
    const running = session.run({ x }, { y });
    session.close();
    session.close();
    await running;
    assert.deepEqual(y, x);
    assert.throws(() => session.run({ x }, { y }), /the session is closed/);
  });

  it("leaves the event loop free, and keeps what it works on alive", async () => {
    const session = await createNativeSession(slow(60), { threads: 1 });
    const y = new Float32Array(512 * 512);
    let turns = 0;
    const timer = setInterval(() => {
      turns++;
      globalThis.gc?.();
    }, 1);
    await session.run({ x: new Float32Array(512 * 512) }, { y });
    clearInterval(timer);
    assert.ok(turns >= 3, `${turns} turns`);
    session.close();
  });

  it("runs several sessions at a time, each with its own scratch memory", async () => {
    const { convolution } = await import("../../../src/engine/native/operators.ts");
    const window = { strides: [1, 1], dilations: [1, 1], top: 1, left: 1 } as const;
    const given = {
      x: [[2, 24, 20, 20], numbers(2 * 24 * 400, "x")],
      w: [[40, 24, 3, 3], numbers(40 * 24 * 9, "w")],
    } as const;
    const once = () =>
      compute(given, (graph, { x, w }) => ({ y: convolution(graph, x!, w!, null, window, [20, 20]) }), {
        threads: 2,
      });
    const expected = await once();
    for (const actual of await Promise.all(Array.from({ length: 12 }, once)))
      assert.deepEqual(actual, expected);
  });

  it("runs in worker threads, which may end at any time", async () => {
    // Threads of Node 20 read no TypeScript: they load the addon themselves.
    const code = `
      const { parentPort, workerData } = require("node:worker_threads");
      (async () => {
        const addon = require(workerData.addonFile);
        addon.open(workerData.library);
        const session = await addon.create(workerData.model, 1, "");
        const x = new Float32Array(512 * 512);
        const y = new Float32Array(512 * 512);
        for (let i = 0; i < 512; i++) x[i * 513] = 1;
        await addon.run(session, { x }, { y });
        parentPort.postMessage(y[0] + y[1]);
        for (;;) await addon.run(session, { x }, { y });
      })();`;
    const workerData = { addonFile, library: findLibrary().path, model: slow(10) };
    const workers = Array.from({ length: 3 }, () => new Worker(code, { eval: true, workerData }));
    const results = await Promise.all(
      workers.map(
        (worker) =>
          new Promise((resolve, reject) => {
            worker.once("message", resolve);
            worker.once("error", reject);
          }),
      ),
    );
    assert.deepEqual(results, [1, 1, 1]);
    await Promise.all(workers.map((worker) => worker.terminate()));
  });

  it("lets the process end while it runs", () => {
    const module = new URL("./exit-while-running.ts", import.meta.url);
    execFileSync(process.execPath, [...typescript, fileURLToPath(module)], { stdio: "pipe" });
  });

  it("computes with denormal numbers as zero, on every thread", async () => {
    const tiny = new Float32Array(100_000).fill(1e-40);
    const x = [[100_000], tiny] as const;
    const { y } = await compute({ x }, (graph, { x }) => ({ y: graph.node("Add", [x!, x!], [100_000]) }), {
      threads: 3,
    });
    assert.ok(y!.every((value) => value === 0));
    // The thread is as it was.
    assert.ok(new Float32Array([1e-40])[0]! * 2 > 0);
  });

  it("is turned off by HUERISTIC_NATIVE=0, which is said", () => {
    const program = `import { whyNotNative } from ${JSON.stringify(new URL("../../../src/engine/native/addon.ts", import.meta.url).href)};
      process.stdout.write(String(await whyNotNative()));`;
    const said = execFileSync(process.execPath, [...typescript, "--input-type=module", "-e", program], {
      env: { ...process.env, HUERISTIC_NATIVE: "0" },
      encoding: "utf8",
    });
    assert.equal(said, "HUERISTIC_NATIVE=0");
  });
});
