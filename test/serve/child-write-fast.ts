// Logs argv[3] steps into the store in argv[2], a commit each, then says the run and its longest commit in ms.

import { openStore } from "../../src/store/open-store.ts";
import { declare } from "../store/fixtures.ts";
import { addEpoch, startRun } from "./fixtures.ts";

const store = openStore(process.argv[2]!);
const writer = startRun(store, "fast");
await addEpoch(writer, 0);
declare(writer, "train/fast");
let longest = 0;
for (let step = 1; step <= Number(process.argv[3]); step++) {
  const began = performance.now();
  writer.logScalars(step, { "train/fast": step });
  writer.flush();
  longest = Math.max(longest, performance.now() - began);
}
writer.finish("FINISHED");
store.close();
console.log(`${writer.id} ${longest.toFixed(1)}`);
