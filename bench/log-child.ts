// One of the writers of bench/log.ts: opens the store in argv[2], waits for "go", then commits argv[3] flushes of
// one step each and reports when it began and ended.

import { once } from "node:events";
import { openStore } from "../src/store/open-store.ts";
import { benchRun, declareLosses } from "./log-rows.ts";

const store = openStore(process.argv[2]!);
const writer = store.createRun(benchRun);
declareLosses(writer, "loss");
process.send!("ready");
await once(process, "message");
const began = Date.now();
for (let step = 1; step <= Number(process.argv[3]); step++) {
  writer.logScalars(step, { "train/loss": 1 / step });
  writer.flush();
}
const ended = Date.now();
writer.finish("FINISHED");
store.close();
process.send!({ id: writer.id, began, ended });
process.disconnect();
