// Trains the small experiment off the machine of the store whose folder is argv[2], with its temporary files in argv[3], and
// kills itself once checkpoint argv[4] is there, where nobody can prepare for it.

import { silent } from "../../src/output.ts";
import { checkpointFiles, checkpointFolder } from "../../src/runner/checkpoints.ts";
import { runExperiment } from "../../src/runner/run-experiment.ts";
import { openSpool } from "../../src/store/spool/spool.ts";
import { smallExperiment } from "./small-experiment.ts";

const runsFolder = process.argv[2]!;
process.env.TMPDIR = process.argv[3]!;
const step = Number(process.argv[4]);
const spool = openSpool(runsFolder, { resume: null, warn: console.log });
let runId = "";
const isThere = () =>
  checkpointFiles(checkpointFolder(runsFolder, runId)).some((file) => file.endsWith(`${step}.safetensors`));
await runExperiment(smallExperiment(), {
  runsFolder,
  source: null,
  resume: null,
  spool,
  threads: 1,
  onRun: (id) => {
    runId = id;
    console.log(id);
  },
  output: {
    ...silent,
    progress: () => ({
      update: () => {
        if (isThere()) process.kill(process.pid, "SIGKILL");
      },
      stop: () => {},
    }),
  },
});
