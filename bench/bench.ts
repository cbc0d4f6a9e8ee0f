// npm run bench -- step|data|log: what things cost here, next to what others cost. Run it on a quiet machine.
// `step` also takes the names of cases, or how they start, and a device: npm run bench -- step pix2pix --device webgpu

import { UserError } from "../src/errors.ts";

const benches: Readonly<Record<string, (rest: readonly string[]) => Promise<void>>> = {
  step: async (rest) => (await import("./step.ts")).benchStep(rest),
  data: async () => (await import("./data.ts")).benchData(),
  log: async () => (await import("./log.ts")).benchLog(),
};

const [name, ...rest] = process.argv.slice(2);
const bench = name === undefined ? undefined : benches[name];
if (bench === undefined || (rest.length > 0 && name !== "step")) {
  console.error(
    `usage: npm run bench -- ${Object.keys(benches).join("|")}; step also takes names of cases and --device`,
  );
  process.exitCode = 2;
} else {
  try {
    await bench(rest);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    console.error(`error: ${error.message}`);
    process.exitCode = 2;
  }
}
