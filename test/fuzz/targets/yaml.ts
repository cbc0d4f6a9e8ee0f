// The shipped experiments, sweeps and routers, a report's definition, and words of the command line over an experiment.

import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { resolveExperiment } from "../../../src/experiment/complete-experiment.ts";
import type { Experiment } from "../../../src/experiment/experiment.ts";
import { disk } from "../../../src/experiment/load-experiment.ts";
import { experimentToYaml } from "../../../src/experiment/text/experiment-to-yaml.ts";
import { readDefinition } from "../../../src/report/definition.ts";
import { readRouterFile } from "../../../src/router/router-file.ts";
import { readSweep } from "../../../src/sweep/file/read-sweep.ts";
import type { MakeTarget, Original } from "../target.ts";

const experiments = fileURLToPath(new URL("../../../experiments", import.meta.url));

const definition = `report:
  title: Compared
  text: |
    # What this is
    Two networks on **drawn** scenes.
  page: models
  runs: [latest, k3v9x2mp, demo.yaml]
  panels: [text, curves, samples, table]
  max_size: 10MB
`;

/** As of `hueristic sweep demo.yaml …`. */
const overrides = `train.epochs=2
model.kind=choice(beta,alpha)
tags=[a,'b c']
train.optimizer={name: adam, learning_rate: 1e-4}
dataset={kind: synthetic, count: 40}
~description
seed=1,2,3
train.batch_size=range(4,13,4)
`;

/** The lines of a problem each, and "and … more problems". */
const mostLines = 21;

export const makeTarget: MakeTarget = async (folder) => {
  const files = readdirSync(experiments).filter((name) => name.endsWith(".yaml"));
  const shipped = [...files, "routers/specialists.yaml"].map(
    (name): Original => ({ name, content: readFileSync(path.join(experiments, name)) }),
  );
  const made = { "report.yaml": definition, overrides };
  const originals = [
    ...shipped,
    ...Object.entries(made).map(([name, text]): Original => ({ name, content: Buffer.from(text) })),
  ];
  const isSweep = new Map(
    shipped.map(({ name, content }) => [name, /^method\s*:/m.test(content.toString())]),
  );
  const demo = readFileSync(path.join(experiments, "demo.yaml"), "utf8");
  const options = (name: string) => ({ file: name, files: disk, cwd: experiments });

  return {
    originals,
    mostLines,
    async read({ name }, content) {
      const text = content.toString("utf8");
      if (name === "report.yaml") readDefinition(text, name);
      else if (name === "overrides") {
        const words = text.split("\n").filter((word) => word !== "");
        readSweep(demo, { ...options("demo.yaml"), overrides: words });
      } else if (name.startsWith("routers/")) {
        const file = path.join(folder, "router.yaml");
        writeFileSync(file, content);
        readRouterFile(file);
      } else if (isSweep.get(name)) readSweep(text, options(name));
      else requireSame(resolveExperiment(text, options(name)));
      return "loaded";
    },
  };
};

/** What is kept of an experiment in the store and in provenance is that experiment. */
function requireSame(experiment: Experiment): void {
  const written = experimentToYaml(experiment);
  assert.deepEqual(resolveExperiment(written, { file: "again.yaml", cwd: experiments }), experiment);
}
