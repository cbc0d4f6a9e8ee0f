// npm run bench -- step|data|log|merge|report|shared: what things cost here, next to what others cost, as tables that are
// also appended to bench/results.jsonl. Run it on a quiet machine. `page` makes docs/performance.md of them.
// `step` also takes the names of cases, or how they start, and --device, --rounds, --batch and --no-peers:
// npm run bench -- step pix2pix-64 --rounds 5
// kill, soak, many and fuzz try what docs/reliability.md promises, and end with exit code 1 where it does not hold.

import { messageOf, UserError } from "../src/errors.ts";
import { errorCodeOf } from "../src/store/store-error.ts";
import { appendResult, machine, printTable, type Table } from "./results.ts";

/** Tables come as they are measured. */
export type Bench = {
  readonly versions: readonly string[];
  readonly tables: AsyncIterable<Table>;
};

const benches: Readonly<Record<string, (rest: readonly string[]) => Promise<Bench>>> = {
  step: async (rest) => (await import("./step.ts")).benchStep(rest),
  data: async () => (await import("./data.ts")).benchData(),
  log: async () => (await import("./log.ts")).benchLog(),
  merge: async () => (await import("./merge.ts")).benchMerge(),
  report: async () => (await import("./report.ts")).benchReport(),
  shared: async (rest) => (await import("./shared.ts")).benchShared(rest),
  kill: async (rest) => (await import("./kill.ts")).benchKill(rest),
  many: async (rest) => (await import("./many.ts")).benchMany(rest),
  soak: async (rest) => (await import("./soak.ts")).benchSoak(rest),
  fuzz: async (rest) => (await import("./fuzz.ts")).benchFuzz(rest),
};
const takesOptions = ["step", "shared", "kill", "soak", "many", "fuzz"];

const [name = "", ...rest] = process.argv.slice(2);
const bench = benches[name];
if (name === "page" && rest.length === 0) {
  (await import("./page.ts")).writePage();
} else if (bench && !rest.includes("--help") && (rest.length === 0 || takesOptions.includes(name))) {
  await measure(bench).catch((error: unknown) => {
    const isSaid = error instanceof UserError || errorCodeOf(error).startsWith("ERR_PARSE_ARGS");
    if (!isSaid) throw error;
    console.error(`error: ${name}: ${messageOf(error)}`);
    process.exitCode = 2;
  });
} else {
  console.error(
    `usage: npm run bench -- ${Object.keys(benches).join("|")}|page; step also takes names of cases, --device, --rounds, --batch and --no-peers, shared how many agents and trials, kill --rounds and --seed, soak --steps, --epochs and --calls, many --processes, --readers and --seconds, fuzz --mutations, --seed and --only`,
  );
  process.exitCode = 2;
}

async function measure(bench: (rest: readonly string[]) => Promise<Bench>): Promise<void> {
  const { versions, tables } = await bench(rest);
  console.log([machine(), ...versions].join(", "));
  for await (const table of tables) {
    printTable(table);
    appendResult(name, versions, [table]);
  }
}
