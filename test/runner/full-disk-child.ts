// Trains the small experiment in a runs folder, and fills a disk after a step but for some bytes: the arguments, in this order.

import { silent } from "../../src/output.ts";
import { runExperiment } from "../../src/runner/run-experiment.ts";
import { fillDisk } from "../small-disk.ts";
import { smallExperiment } from "./small-experiment.ts";

let isFull = false;
const [runsFolder, disk, step, left] = process.argv.slice(2) as [string, string, string, string];
await runExperiment(smallExperiment(), {
  runsFolder,
  source: null,
  resume: null,
  threads: 2,
  onRun: (id) => console.log(id),
  output: {
    ...silent,
    progress: () => ({
      update(done, text) {
        if (isFull || !text.startsWith("epoch") || done < Number(step)) return;
        isFull = true;
        fillDisk(disk, Number(left));
      },
      stop: () => {},
    }),
  },
}).catch((error: Error) => console.log(`${error.name}: ${error.message}`));
