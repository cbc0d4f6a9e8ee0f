// npm run bench -- step|data|log: what things cost here, next to what others cost. Run it on a quiet machine.

const benches: Readonly<Record<string, () => Promise<void>>> = {
  step: async () => (await import("./step.ts")).benchStep(),
  data: async () => (await import("./data.ts")).benchData(),
  log: async () => (await import("./log.ts")).benchLog(),
};

const [name, ...rest] = process.argv.slice(2);
const bench = name === undefined ? undefined : benches[name];
if (bench === undefined || rest.length > 0) {
  console.error(`usage: npm run bench -- ${Object.keys(benches).join("|")}`);
  process.exitCode = 2;
} else {
  await bench();
}
