// Writes runs into the store in argv[2]: argv[3] of them at once, argv[4] steps each, flushing now and then.

import { openStore } from "../../src/store/open-store.ts";
import { declare, newRun } from "./fixtures.ts";

const store = openStore(process.argv[2]!);
const writers = Array.from({ length: Number(process.argv[3]) }, () => store.createRun(newRun()));
for (const writer of writers) declare(writer, "train/loss", "train/other");
for (let step = 1; step <= Number(process.argv[4]); step++) {
  for (const writer of writers) {
    writer.logScalars(step, { "train/loss": step / 7, "train/other": -step });
    if (step % 3 === 0) writer.flush();
  }
}
for (const writer of writers) {
  writer.finish("FINISHED");
  console.log(writer.id);
}
store.close();
