// Damaged and hostile files by the thousand: seeded mutations (test/fuzz) of the shipped experiments, sweeps and routers and of
// small made files of every binary kind, each read as the program reads it. What is neither loaded nor refused in words for
// people is a finding, and so is what takes too long, too much memory, or gives other values than a checksum vouches for.
// Mutations run in a child process, which is killed where one hangs and goes on behind it.

import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { UserError } from "../src/errors.ts";
import { type KindName, kindNames, kinds } from "../test/fuzz/targets.ts";
import { mutationOf } from "../test/fuzz/try-mutation.ts";
import type { Bench } from "./bench.ts";
import { type FuzzMessage, type FuzzRange, keepFinding } from "./fuzz-findings.ts";
import type { Table } from "./results.ts";

/** Without a word from the child: what computes that long shows by its processor time, and this is for what waits. */
const hangsAfterMs = 120_000;

type Options = { readonly mutations: number; readonly seed: number; readonly only: readonly KindName[] };

type Counts = Record<FuzzMessage["outcome"] | "processorMs", number>;

export function benchFuzz(rest: readonly string[]): Bench {
  const options = optionsOf(rest);
  return { versions: [`seed ${options.seed}`], tables: measured(options) };
}

function optionsOf(rest: readonly string[]): Options {
  const text = { type: "string" } as const;
  const { values } = parseArgs({ args: [...rest], options: { mutations: text, seed: text, only: text } });
  const { mutations = "100000", seed = "1", only } = values;
  if (!/^[1-9]\d*$/.test(mutations) || !/^\d+$/.test(seed))
    throw new UserError("--mutations and --seed: expected whole numbers");
  const asked = only === undefined ? kindNames : only.split(",");
  const unknown = asked.find((name) => !(kindNames as readonly string[]).includes(name));
  if (unknown !== undefined)
    throw new UserError(`--only: expected some of ${kindNames.join(", ")}, got ${JSON.stringify(unknown)}`);
  return { mutations: Number(mutations), seed: Number(seed), only: asked as KindName[] };
}

async function* measured({ mutations, seed, only }: Options): AsyncGenerator<Table> {
  const inputs = mkdtempSync(path.join(tmpdir(), "hueristic-fuzz-"));
  const shares = only.reduce((sum, name) => sum + kinds[name].share, 0);
  const rows: string[][] = [];
  let findings = 0;
  for (const name of only) {
    const count = Math.ceil((mutations * kinds[name].share) / shares);
    const counts = await fuzz(name, seed, count, inputs);
    findings += counts.findings;
    rows.push([
      name,
      ...[count, counts.loaded, counts.refused, counts.findings].map((each) => each.toLocaleString("en-US")),
      `${(counts.processorMs / count).toFixed(1)} ms`,
    ]);
  }
  yield {
    title: "Mutated files",
    columns: ["kind", "mutations", "loaded", "refused", "findings", "processor time each"],
    rows,
    notes: findings === 0 ? [] : [`Inputs of the findings: ${inputs}`],
  };
  if (findings === 0) rmSync(inputs, { recursive: true });
  else process.exitCode = 1;
}

/** In one child after the other: each goes on behind the mutation that the one before did not survive. */
async function fuzz(name: KindName, seed: number, count: number, inputs: string): Promise<Counts> {
  const counts: Counts = { loaded: 0, refused: 0, findings: 0, processorMs: 0 };
  for (let next = 0; next < count; ) {
    const folder = mkdtempSync(path.join(tmpdir(), "hueristic-fuzz-"));
    try {
      const ended = await fuzzFrom({ name, seed, from: next, count, folder, inputs }, counts);
      next = ended.next;
      if (ended.why === null) continue;
      const target = await (await kinds[name].load()).makeTarget(mkdtempSync(path.join(folder, "again-")));
      const finding = { name, seed, index: next++, why: ended.why };
      keepFinding(inputs, finding, mutationOf(target, name, seed, finding.index));
      counts.findings++;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return counts;
}

/** Up to the end, or to the mutation `next` that the child did not survive, and why. */
async function fuzzFrom(asked: FuzzRange, counts: Counts): Promise<{ next: number; why: string | null }> {
  const child = fork(fileURLToPath(new URL("fuzz-child.ts", import.meta.url)), [JSON.stringify(asked)]);
  let next = asked.from;
  let hangs = false;
  const timer = setInterval(() => {
    hangs = true;
    child.kill("SIGKILL");
  }, hangsAfterMs);
  child.on("message", ({ outcome, processorMs }: FuzzMessage) => {
    timer.refresh();
    counts[outcome]++;
    counts.processorMs += processorMs;
    next++;
  });
  // The last message may come after the end of the process.
  const [[code, signal]] = await Promise.all([once(child, "close"), once(child, "disconnect")]);
  clearInterval(timer);
  const why = hangs ? `hangs: nothing for ${hangsAfterMs / 1000} s` : `the process ended: ${signal ?? code}`;
  return { next, why: next === asked.count ? null : why };
}
