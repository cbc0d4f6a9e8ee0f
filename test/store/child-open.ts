// Opens the store in argv[2] once a line arrives on stdin, starts one run and says which.

import { once } from "node:events";
import { openStore } from "../../src/store/open-store.ts";
import { newRun, saveDataset } from "./fixtures.ts";

console.log("ready");
await once(process.stdin, "data");
process.stdin.destroy();
const store = openStore(process.argv[2]!);
saveDataset(store);
console.log(store.createRun(newRun()).id);
store.close();
