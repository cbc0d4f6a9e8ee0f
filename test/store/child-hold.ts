// Takes a trial of a shared sweep and holds it until it is killed: child-hold.ts <folder> <sweep>. Says "holds <number>" once.

import { openSharedSweep } from "../../src/store/shared-sweeps/shared-sweep.ts";

const [folder = "", id = ""] = process.argv.slice(2);
const sweep = openSharedSweep(folder, id)!;
const taken = sweep.claimTrial(id, { retries: 0, next: () => ({ parameters: {}, seed: null }) });
if (typeof taken === "string") throw new Error(taken);
setInterval(() => sweep.renewTrial(taken), 50);
process.stdout.write(`holds ${taken.number}\n`);
