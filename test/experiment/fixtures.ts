import assert from "node:assert/strict";
import { UserError } from "../../src/errors.ts";
import { resolveExperiment } from "../../src/experiment/complete-experiment.ts";
import type { Experiment } from "../../src/experiment/experiment.ts";
import type { ExperimentFiles } from "../../src/experiment/text/files.ts";

/** Files by their absolute path. */
export function memoryFiles(contents: Readonly<Record<string, string>>): ExperimentFiles {
  return {
    read(file) {
      const content = contents[file];
      if (content === undefined) throw Object.assign(new Error(file), { code: "ENOENT" });
      return content;
    },
    list: (folder) =>
      Object.keys(contents)
        .filter((file) => file.startsWith(`${folder}/`) && !file.slice(folder.length + 1).includes("/"))
        .map((file) => file.slice(folder.length + 1)),
  };
}

/** As the file experiments/demo.yaml in /project, where relative overrides begin as well. */
export function resolve(
  text: string,
  overrides: readonly string[] = [],
  files: ExperimentFiles = memoryFiles({}),
): Experiment {
  return resolveExperiment(text, { file: "experiments/demo.yaml", overrides, files, cwd: "/project" });
}

/** The lines of the UserError that `action` throws. */
export function problemsOf(action: () => unknown): string[] {
  try {
    action();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.message.split("\n");
  }
  assert.fail("expected a UserError, got none");
}
