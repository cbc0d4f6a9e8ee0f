// hueristic doctor: what this machine has, what it lacks, and the one thing to do about each.

import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { DeviceName } from "../../engine/choices.ts";
import type { EngineOnDevice } from "../../engine/device-findings.ts";
import { messageOf } from "../../errors.ts";
import { formatBytes } from "../../format-bytes.ts";
import { freeBytes } from "../../free-bytes.ts";
import { type Command, type GlobalOptions, toJson } from "../context.ts";

type DoctorOptions = GlobalOptions & { readonly json: boolean };

type Missing = { readonly reason: string; readonly remedy: string };

/** One finding. An optional one that is missing is no fault. */
type Check = {
  readonly name: string;
  readonly ok: boolean;
  readonly optional: boolean;
  readonly detail: string | null;
  readonly reason: string | null;
  readonly remedy: string | null;
};

export const doctorCommand: Command<DoctorOptions> = {
  command: "doctor",
  summary: "What this machine has and lacks",
  options: (yargs) =>
    yargs
      .option("json", { type: "boolean", default: false, describe: "Machine-readable" })
      .example("$0 doctor", "After installing, or where something does not work")
      .example("$0 doctor --json > doctor.json", "To go with a bug report"),

  async run({ runs, json }, { print, colors }) {
    const machine = `${os.cpus()[0]?.model.trim()}, ${os.availableParallelism()} threads, ${formatBytes(os.totalmem())}, of which ${formatBytes(os.freemem())} are free`;
    const checks = [
      check("node", nodeVersion()),
      check("machine", machine),
      check("sharp", await sharpVersion()),
      check("sqlite", await sqliteVersion()),
      check("runs folder", await runsFolderState(runs)),
      ...(await engines()),
    ];
    const healthy = checks.every(({ ok, optional }) => ok || optional);
    if (json) print(toJson({ healthy, platform: `${os.platform()} ${os.arch()}`, checks }));
    else {
      const indent = 2 + Math.max(...checks.map(({ name }) => name.length)) + 2;
      for (const { name, ok, optional, detail, reason, remedy } of checks) {
        const mark = ok ? colors.green("✓") : (optional ? colors.yellow : colors.red)("✗");
        print(
          `${mark} ${name.padEnd(indent - 2)}${detail ?? reason}${optional && !ok ? " (optional)" : ""}\n`,
        );
        if (remedy !== null) print(`${" ".repeat(indent)}→ ${remedy}\n`);
      }
      print(healthy ? "\nready\n" : `\n${colors.red("not ready")}: see ✗ above\n`);
    }
    return healthy ? 0 : 1;
  },
};

/** `result` is what is there, or what is missing. */
function check(name: string, result: string | Missing, optional = false): Check {
  return typeof result === "string"
    ? { name, ok: true, optional, detail: result, reason: null, remedy: null }
    : { name, ok: false, optional, detail: null, reason: result.reason, remedy: result.remedy };
}

function nodeVersion(): string | Missing {
  const packageFile = new URL("../../../package.json", import.meta.url);
  const { engines } = JSON.parse(readFileSync(packageFile, "utf8")) as { engines: { node: string } };
  const numbers = (text: string) => text.match(/\d+/g)!.map(Number);
  const [wanted, have] = [numbers(engines.node), numbers(process.version)];
  const differing = wanted.findIndex((number, index) => number !== have[index]);
  if (differing < 0 || have[differing]! > wanted[differing]!)
    return `${process.version} (needs ${engines.node})`;
  return {
    reason: `${process.version}, needs ${engines.node}`,
    remedy: `install Node.js ${wanted[0]} or newer from https://nodejs.org`,
  };
}

async function sharpVersion(): Promise<string | Missing> {
  try {
    const { default: sharp } = await import("sharp");
    return `${sharp.versions.sharp}, libvips ${sharp.versions.vips}`;
  } catch (error) {
    return {
      reason: firstLine(error),
      remedy: "npm ci --include=optional, on the platform where it will run",
    };
  }
}

async function sqliteVersion(): Promise<string | Missing> {
  try {
    const { default: Database } = await import("better-sqlite3");
    const { createRequire } = await import("node:module");
    const { version } = createRequire(import.meta.url)("better-sqlite3/package.json") as { version: string };
    const database = new Database(":memory:");
    const sqlite = database.prepare<[], string>("SELECT sqlite_version()").pluck().get();
    database.close();
    return `${sqlite}, better-sqlite3 ${version}`;
  } catch (error) {
    return {
      reason: firstLine(error),
      remedy: "npm rebuild better-sqlite3, with the Node.js that runs this",
    };
  }
}

/** A few checkpoints of the largest model. */
const leastFreeBytes = 256 * 2 ** 20;

/** Creates nothing: a folder that does not exist counts as writable where its nearest parent is. */
async function runsFolderState(runsFolder: string): Promise<string | Missing> {
  const absolute = path.resolve(runsFolder);
  let nearest = absolute;
  while (!existsSync(nearest) && path.dirname(nearest) !== nearest) nearest = path.dirname(nearest);
  try {
    accessSync(nearest, constants.W_OK | constants.X_OK);
    const free = await freeBytes(nearest);
    if (free < leastFreeBytes)
      return {
        reason: `${absolute} has ${formatBytes(free)} free, too little for checkpoints`,
        remedy: "free some space, or name a folder on another disk with --runs or HUERISTIC_RUNS",
      };
    const state = nearest === absolute ? "" : ", will be created";
    return `${absolute}${state}, ${formatBytes(free)} free`;
  } catch (error) {
    return {
      reason: `${absolute} cannot be written: ${firstLine(error)}`,
      remedy: "name a folder that you may write with --runs or HUERISTIC_RUNS",
    };
  }
}

/** One engine is enough, and no device but the CPU is needed. */
async function engines(): Promise<Check[]> {
  try {
    const { deviceNames } = await import("../../engine/choices.ts");
    const { probeDevice } = await import("../../engine/devices.ts");
    const { probeEngines } = await import("../../engine/engines.ts");
    const { dismissTorch } = await import("../../engine/torch/find-torch.ts");
    const probes = await probeEngines();
    const one = Object.values(probes).some(({ found }) => found);
    const works = (engine: EngineOnDevice["engine"], device: DeviceName) => {
      const probe = probes[engine];
      return probe.found && (probe.on?.includes(device) ?? true);
    };
    const checks = Object.entries(probes).map(([name, probe]) =>
      check(`engine ${name}`, probe.found ? probe.version : probe, one),
    );
    checks.push(check("native kernels", await nativeState(), true));
    for (const name of deviceNames) {
      if (name === "mps" && os.platform() !== "darwin") continue;
      const probe = await probeDevice(name);
      const state = probe.found
        ? deviceState(probe.engines.filter(({ engine }) => works(engine, name)))
        : probe;
      checks.push(check(`device ${name}`, state, name !== "cpu"));
    }
    dismissTorch();
    return checks;
  } catch (error) {
    return [check("engines", { reason: firstLine(error), remedy: "npm ci" })];
  }
}

/** What makes the engine onnx faster on the CPU, where it is built. */
async function nativeState(): Promise<string | Missing> {
  const { nativeOrNull, whyNotNative } = await import("../../engine/native/addon.ts");
  const reason = await whyNotNative();
  if (reason === null) return `in use: ${(await nativeOrNull())!.kernels.join(", ")}`;
  return {
    reason,
    remedy:
      "a C++ compiler, make and Python 3, then npm rebuild hueristic (in a checkout npm run install); all works without, slower",
  };
}

function deviceState(engines: readonly EngineOnDevice[]): string | Missing {
  const [first] = engines;
  if (!first) return { reason: "no engine that works on it", remedy: "see the engines above" };
  const { device, software } = first;
  if (!software) return `${device}; engines: ${engines.map(({ engine }) => engine).join(", ")}`;
  return {
    reason: `${device}: slower than device cpu; taken by --device webgpu, never by auto`,
    remedy: "a GPU with its Vulkan driver (docs/gpu.md)",
  };
}

function firstLine(error: unknown): string {
  return (
    messageOf(error)
      .split("\n")
      .find((line) => line.trim() !== "") ?? "unknown reason"
  );
}
