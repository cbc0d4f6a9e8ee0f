// Whether a provider of ONNX Runtime works here, tried in a process of its own.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { ort } from "../../onnxruntime.ts";
import { isGpuNode } from "../host-gpus.ts";
import { GraphBuilder } from "./graph-builder.ts";
import { encodeModel, type GraphParts } from "./model-proto.ts";
import type { Provider } from "./providers.ts";

const onnxruntime = createRequire(import.meta.url).resolve("onnxruntime-node");

export type ProviderProbe =
  | {
      readonly works: true /** The name of a driver that computes on the CPU. */;
      readonly software: string | null;
    }
  | { readonly works: false; readonly reason: string };

/** For Vulkan's loader, from 1.3.234 on: files that describe drivers which compute on the CPU. */
export const withoutSoftware = { VK_LOADER_DRIVERS_DISABLE: "*lvp*,*swiftshader*" };

const longestMs = 60_000;

/** Whether onnxruntime-node was built with the provider and has its library. */
export function hasProvider(name: Provider["device"]): boolean {
  const listed = ort.listSupportedBackends().find((backend) => backend.name === name);
  if (!listed) return false;
  const folder = path.join(path.dirname(onnxruntime), `../bin/napi-v6/${os.platform()}/${os.arch()}`);
  return listed.bundled || existsSync(path.join(folder, `libonnxruntime_providers_${name}.so`));
}

/** `env` is added to the environment. */
export function probeProvider(
  { session }: Provider,
  env: Readonly<Record<string, string>> = {},
): ProviderProbe {
  const program = fileURLToPath(new URL("./provider-probe.cjs", import.meta.url));
  const graph = doublingGraph();
  const options = JSON.stringify({ ...session(graph), logSeverityLevel: 3 });
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    [program, onnxruntime, options, Buffer.from(encodeModel(graph)).toString("base64")],
    { encoding: "utf8", env: { ...process.env, ...env }, timeout: longestMs },
  );
  if (status === 0) {
    const { nodes, libraries } = JSON.parse(stdout) as { nodes: string[]; libraries: string[] };
    return { works: true, software: softwareDriver(nodes, libraries) };
  }
  return { works: false, reason: reasonOf(stderr, signal) };
}

/** On Linux a driver that opened no GPU's file computes on the CPU. */
function softwareDriver(nodes: readonly string[], libraries: readonly string[]): string | null {
  if (os.platform() !== "linux" || nodes.some(isGpuNode)) return null;
  const names = libraries.map((file) => path.basename(file));
  if (names.some((name) => name.startsWith("libvk_swiftshader"))) return "SwiftShader";
  return names.some((name) => name.startsWith("libvulkan_lvp")) ? "llvmpipe" : "a software driver";
}

function reasonOf(stderr: string, signal: string | null): string {
  if (signal !== null) return `the driver ended the process (${signal})`;
  const missing = /(lib[\w.+-]+\.so[\w.]*): cannot open shared object file/.exec(stderr);
  if (missing) return `${missing[1]} is missing`;
  const last = stderr.trim().split("\n").at(-1) ?? "";
  if (last.includes("Failed to get a WebGPU adapter")) return "no driver offers a GPU that WebGPU accepts";
  return last.replace(/^.* was false\. /, "") || "it does not start";
}

function doublingGraph(): GraphParts {
  const graph = new GraphBuilder();
  const x = graph.input("x", "float32", [1]);
  const y = graph.node("Add", [x, x], [1]);
  return graph.build("double", [{ name: "y", type: "float32", shape: [1], value: y }]);
}
