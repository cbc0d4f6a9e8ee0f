// A trace as worker.py reads it: JSON, constants in base64.

import type { Trace } from "../trace/trace.ts";

/** Names, numbers and constants of a trace; numbers that JSON has no word for are texts, which Python's float() reads. */
export function writtenTrace({ values, nodes, inputs, outputs }: Trace): object {
  return {
    values: values.map(({ shape, dtype, uniform, data }) => ({
      shape,
      dtype,
      ...(uniform !== undefined && { uniform: writtenNumber(uniform) }),
      ...(data && { data: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("base64") }),
    })),
    nodes: nodes.map(({ op, inputs, outputs, attributes }) => ({
      op,
      inputs,
      outputs,
      attributes: Object.fromEntries(
        Object.entries(attributes).map(([name, value]) => [
          name,
          typeof value === "number" ? writtenNumber(value) : value,
        ]),
      ),
    })),
    inputs,
    outputs,
  };
}

function writtenNumber(number: number): number | string {
  if (Object.is(number, -0)) return "-0";
  return Number.isFinite(number) ? number : String(number);
}
