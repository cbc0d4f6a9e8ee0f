// Does what CONTRIBUTING.md says, on a copy of this tree.

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { copyOfTree, root } from "../copy-of-tree.ts";
import { execute } from "../package/npm.ts";
import { applied, type Recipe, readRecipes } from "./recipe.ts";

/** What the lines to try must have printed or written, the program's commands first. */
const outcomes: Readonly<Record<string, (printed: string, folder: string) => void>> = {
  "Add a model": (printed) => {
    assert.match(printed, /, tiny \(2,770 parameters\) on /);
    assert.match(printed, /^epoch 2\/2 {2}seen 0\.\d+ {2}unseen 0\.\d+/m);
  },
  "Add a data set kind": (printed) => {
    assert.match(printed, /^ramps: \d+ seen, \d+ unseen, 16x16$/m);
    assert.match(printed, /^epoch 2\/2 /m);
  },
  "Add a metric": (printed) => assert.match(printed, /^demo +\d+(\.\d+)?$/m),
  "Add a report section": (_, folder) => {
    const page = readFileSync(path.join(folder, "report.html"), "utf8");
    assert.match(page, /<section[^>]*id="notes"[\s\S]*as the recipe says/);
  },
  "Add a command": (printed) => assert.match(printed, /^5$/m), // a run of each recipe
};

const recipes = readRecipes(readFileSync(path.join(root, "CONTRIBUTING.md"), "utf8"));

const folder = mkdtempSync(path.join(os.tmpdir(), "hueristic-recipes-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const tool = (name: string, ...args: string[]) =>
  succeeds(process.execPath, [path.join(root, "node_modules", name), ...args]);

describe("the recipes of CONTRIBUTING.md", () => {
  /** All in one copy, so that what they make is checked once: a recipe needs nothing of another. */
  before(() => {
    copyOfTree(folder);
    const touched = recipes.flatMap(apply);
    assert.deepEqual(touched, [...new Set(touched)], "two recipes change one file");
    tool("typescript/bin/tsc");
    tool("@biomejs/biome/bin/biome", "check", "--vcs-enabled=false", ...touched);
  });

  it("are these", () =>
    assert.deepEqual(
      recipes.map(({ title }) => title),
      Object.keys(outcomes),
    ));

  for (const { title, commands, created, changed } of recipes)
    it(title, (context) => {
      outcomes[title]!(commands.map(run).join(""), folder);
      const count = created.size + changed.size;
      context.diagnostic(`files touched: ${count} (${created.size} new, ${changed.size} changed)`);
    });
});

/** Gives the paths of what was written. */
function apply({ created, changed }: Recipe): readonly string[] {
  const write = (file: string, text: string) => {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  };
  for (const [file, text] of created) write(file, text);
  for (const [file, changes] of changed)
    write(file, applied(file, readFileSync(path.join(folder, file), "utf8"), changes));
  return [...created.keys(), ...changed.keys()];
}

let hasSchema = false;

/** The line as a shell takes it, but for the programs: those of the copy, where all recipes are done before the first line. */
function run(line: string): string {
  const isSchema = line === "npm run schema"; // which begins most recipes, and writes the same each time
  if (isSchema && hasSchema) return "";
  hasSchema ||= isSchema;
  const program = path.join(folder, "bin/hueristic.js");
  const command = line
    .replace(/^npx hueristic /, `"${process.execPath}" "${program}" `)
    .replace(/^npm run /, "npm run --silent ");
  return succeeds("bash", ["-c", command]);
}

/** Gives all that it printed. */
function succeeds(command: string, args: readonly string[]): string {
  const { code, stdout, stderr } = execute(command, args, folder);
  assert.equal(code, 0, `${args.join(" ")}\n${stderr}${stdout}`);
  return stdout + stderr;
}
