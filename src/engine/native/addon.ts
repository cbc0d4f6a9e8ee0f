// The compiled addon (native/), loaded once a thread and only used after a graph whose result is known came out right.

import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { messageOf } from "../../errors.ts";
import { findLibrary, problemOf } from "./library.ts";
import { checkItself } from "./self-check.ts";

export type NativeArray = Float32Array | Int32Array | Uint8Array | BigInt64Array;
export type NativeArrays = Readonly<Record<string, NativeArray>>;

/** A session as the addon holds it. */
export type SessionHandle = { readonly [handle]: true };
declare const handle: unique symbol;

export type PortDescription = {
  readonly name: string;
  /** ONNX's number of the element type. */
  readonly type: number;
  readonly dims: readonly number[];
};

/** What native/addon.cc exports. */
export type Addon = {
  open(libraryPath: string): string;
  kernels(): string[];
  create(model: Uint8Array, threads: number, kernels: string): Promise<SessionHandle>;
  describe(session: SessionHandle): {
    readonly inputs: readonly PortDescription[];
    readonly outputs: readonly PortDescription[];
  };
  run(session: SessionHandle, inputs: NativeArrays, outputs: NativeArrays): Promise<void>;
  runSteps(
    session: SessionHandle,
    count: number,
    state: Readonly<Record<string, Float32Array>>,
    stacked: NativeArrays,
    losses: Float32Array,
  ): Promise<void>;
  close(session: SessionHandle): void;
};

export type Native = {
  readonly addon: Addon;
  /** Of ONNX Runtime's library, such as "1.30.0". */
  readonly version: string;
  /** Forms of the kernels that this processor runs, the fastest first, which is the one in use. */
  readonly kernels: readonly string[];
};

type Outcome = { readonly native: Native } | { readonly why: string };

/** Where scripts/build-native.js puts it. */
export const addonFile = fileURLToPath(new URL("../../../build/Release/hueristic.node", import.meta.url));

let outcome: Promise<Outcome> | null = null;

/** The addon; throws with the reason where it is not in use. */
export async function openNative(): Promise<Native> {
  const found = await load();
  if ("why" in found) throw new Error(`the native part is not in use: ${found.why}`);
  return found.native;
}

/** The addon, or null where it is not in use. */
export async function nativeOrNull(): Promise<Native | null> {
  const found = await load();
  return "why" in found ? null : found.native;
}

/** Why this process does not use the native part; null where it does. */
export async function whyNotNative(): Promise<string | null> {
  const found = await load();
  return "why" in found ? found.why : null;
}

function load(): Promise<Outcome> {
  outcome ??= tryToLoad().catch((error) => ({ why: messageOf(error) }));
  return outcome;
}

function whyNotBuilt(): string {
  try {
    return readFileSync(path.join(path.dirname(addonFile), "../not-built.txt"), "utf8");
  } catch {
    return "its install script did not run (npm rebuild hueristic; in a checkout npm run install)";
  }
}

async function tryToLoad(): Promise<Outcome> {
  if (process.env.HUERISTIC_NATIVE === "0") return { why: "HUERISTIC_NATIVE=0" };
  if (!existsSync(addonFile)) return { why: `not built: ${whyNotBuilt()}` };
  const library = findLibrary();
  const problem = problemOf(library.version);
  if (problem) return { why: problem };
  const addon = createRequire(import.meta.url)(addonFile) as Addon;
  const version = addon.open(library.path);
  if (version !== library.version)
    return { why: `onnxruntime-node ${library.version} brings a library of version ${version}` };
  const native = { addon, version, kernels: addon.kernels() };
  const wrong = await checkItself(addon);
  return wrong === null ? { native } : { why: wrong };
}
