// A router as a person writes it: which run is the classifier, and which one stands for each of its classes.

import path from "node:path";
import { z } from "zod";
import { UserError } from "../errors.ts";
import type { Experiment } from "../experiment/experiment.ts";
import { loadExperiment, readUserFile } from "../experiment/load-experiment.ts";
import { problemsOf } from "../experiment/problems/issue-problems.ts";
import { problemLines, toPlain } from "../experiment/text/located.ts";
import { readYaml } from "../experiment/text/read-yaml.ts";
import { nearMiss } from "../near-miss.ts";
import { share, text } from "../settings/leaves.ts";

const schema = z.strictObject({
  name: text()
    .regex(/^[\w-][\w.-]*$/, { error: "a name of letters, digits, dots, - and _" })
    .optional(),
  classifier: text(),
  specialists: z.record(z.string(), text(), { error: "a mapping such as {faces: k3v9x2mp, scenes: latest}" }),
  general: text().nullable().default(null),
  images: text().nullable().default(null),
  sure: share().nullable().default(null),
});

export type RouterFile = {
  readonly file: string;
  readonly name: string;
  /** References, with @epoch or @best for another checkpoint than the last. */
  readonly classifier: string;
  /** By the class that it stands for. */
  readonly specialists: Readonly<Record<string, string>>;
  /** One network of all classes, to compare with; null for none. */
  readonly general: string | null;
  /** What it is measured on; null for the classifier's data set. */
  readonly images: Experiment["dataset"] | null;
  /** From which share of the most likely class on the classifier counts as sure; null sets it (threshold.ts). */
  readonly sure: number | null;
};

/** Throws UserError with a line for each problem. */
export function readRouterFile(file: string): RouterFile {
  const folder = path.dirname(path.resolve(file));
  const { value, problems } = readYaml(readUserFile(file), { file, folder, line: 1 });
  if (value === null || problems.length > 0) throw new UserError(problemLines(problems));
  const known = Object.keys(schema.shape);
  const result = schema.safeParse(toPlain(value));
  if (!result.success) {
    const lines = result.error.issues.flatMap((issue) =>
      problemsOf(issue, value, (_path, key) => {
        const near = nearMiss(key, known);
        return `unknown key${near === null ? "" : `, did you mean ${near}?`} (known: ${known.join(", ")})`;
      }),
    );
    throw new UserError(problemLines(lines));
  }
  const { name = path.basename(file).replace(/\.ya?ml$/i, ""), images, ...written } = result.data;
  const count = Object.keys(written.specialists).length;
  if (count < 2) throw new UserError(`${file}: specialists: expected at least two, got ${count}`);
  const dataset = images === null ? null : loadExperiment(path.resolve(folder, images)).dataset;
  return { ...written, file, name, images: dataset };
}
