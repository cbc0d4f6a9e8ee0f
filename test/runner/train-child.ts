// Trains the small experiment in the folder given and kills itself at step 6, as nobody can prepare for.

import { silent } from "../../src/output.ts";
import { runExperiment } from "../../src/runner/run-experiment.ts";
import { smallExperiment } from "./small-experiment.ts";

await runExperiment(smallExperiment(), {
  runsFolder: process.argv[2]!,
  source: null,
  resume: null,
  threads: 2,
  output: {
    ...silent,
    info: (line) => console.log(line),
    progress: () => ({
      update: (done, text) => {
        if (text.startsWith("epoch") && done >= 6) process.kill(process.pid, "SIGKILL");
      },
      stop: () => {},
    }),
  },
});
