// Does what CONTRIBUTING.md says, recipe by recipe, on copies of this tree.

import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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
  "Add a command": (printed) => assert.match(printed, /^1$/m),
};

const recipes = readRecipes(readFileSync(path.join(root, "CONTRIBUTING.md"), "utf8"));

const work = mkdtempSync(path.join(os.tmpdir(), "hueristic-recipes-"));
const untouched = path.join(work, "tree");
after(() => rmSync(work, { recursive: true, force: true }));

const tool = (folder: string, name: string, ...args: string[]) =>
  succeeds(process.execPath, [path.join(root, "node_modules", name), ...args], folder);
/** Checks again what a recipe changes and what depends on that: a copy of the tree brings along what was found of it. */
const checkTypes = (folder: string) =>
  tool(folder, "typescript/bin/tsc", "--incremental", "--tsBuildInfoFile", "types.tsbuildinfo");

before(() => {
  copyOfTree(untouched);
  checkTypes(untouched);
});

describe("the recipes of CONTRIBUTING.md", () => {
  it("are these", () =>
    assert.deepEqual(
      recipes.map(({ title }) => title),
      Object.keys(outcomes),
    ));

  for (const recipe of recipes)
    it(recipe.title, (context) => {
      const folder = path.join(work, recipe.title.replaceAll(" ", "-"));
      cpSync(untouched, folder, { recursive: true, verbatimSymlinks: true });
      const touched = apply(recipe, folder);
      checkTypes(folder);
      tool(folder, "@biomejs/biome/bin/biome", "check", "--vcs-enabled=false", ...touched);
      const printed = recipe.commands.map((line) => run(line, folder)).join("");
      outcomes[recipe.title]!(printed, folder);
      const [created, changed] = [recipe.created.size, recipe.changed.size];
      context.diagnostic(`files touched: ${created + changed} (${created} new, ${changed} changed)`);
    });
});

/** Gives the paths of what was written. */
function apply({ created, changed }: Recipe, folder: string): readonly string[] {
  const write = (file: string, text: string) => {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  };
  for (const [file, text] of created) write(file, text);
  for (const [file, changes] of changed)
    write(file, applied(file, readFileSync(path.join(folder, file), "utf8"), changes));
  return [...created.keys(), ...changed.keys()];
}

/** The line as a shell takes it, but for the programs: those of the copy. */
function run(line: string, folder: string): string {
  const program = path.join(folder, "bin/hueristic.js");
  const command = line
    .replace(/^npx hueristic /, `"${process.execPath}" "${program}" `)
    .replace(/^npm run /, "npm run --silent ");
  return succeeds("bash", ["-c", command], folder);
}

/** Gives all that it printed. */
function succeeds(command: string, args: readonly string[], cwd: string): string {
  const { code, stdout, stderr } = execute(command, args, cwd);
  assert.equal(code, 0, `${args.join(" ")}\n${stderr}${stdout}`);
  return stdout + stderr;
}
