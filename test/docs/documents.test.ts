// What README.md and docs/ show is what the program takes: commands and their options, experiments with their overrides, files in
// YAML, recipes, links. Nothing is trained; docs/tour.md is followed by tour.test.ts, CONTRIBUTING.md by contributing/.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { before, describe, it } from "node:test";
import { parse } from "yaml";
import type { Context } from "../../src/cli/context.ts";
import { createParser } from "../../src/cli.ts";
import { UserError } from "../../src/errors.ts";
import { resolveExperiment } from "../../src/experiment/complete-experiment.ts";
import { disk, loadExperiment } from "../../src/experiment/load-experiment.ts";
import { readDefinition } from "../../src/report/definition.ts";
import { loadSweep } from "../../src/sweep/file/load-sweep.ts";
import { readSweep } from "../../src/sweep/file/read-sweep.ts";
import { readLauncher } from "../../src/sweep/launching/launcher.ts";
import { root } from "../copy-of-tree.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { anchors, blocks, commandLines, documents, links, mentionedCommands, wordsOf } from "./documents.ts";

const all = documents();

/** null where the program understands the words; nothing is run. */
async function problemOf(words: readonly string[]): Promise<string | null> {
  try {
    await createParser(words, {} as Context, async () => {}).parseAsync();
    return null;
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

describe("README.md and docs/", () => {
  // Paths of experiments begin where a reader is.
  before(() => process.chdir(root));

  it("show commands that the program takes", async () => {
    const lines = all.flatMap(commandLines).filter(({ text }) => !/[<…]/.test(text));
    assert.ok(lines.length > 70, `${lines.length} commands were found`);
    for (const { where, text } of lines)
      assert.equal(await problemOf(wordsOf(text)), null, `${where}: ${text}`);
  });

  it("mention commands and options that there are", async () => {
    const mentions = all.flatMap((document) => [
      ...mentionedCommands(document),
      ...commandLines(document).filter(({ text }) => /[<…]/.test(text)),
    ]);
    assert.ok(mentions.length > 60, `${mentions.length} commands were found`);
    for (const { where, text } of mentions) {
      const words = wordsOf(text.replace(/[[\]…]/g, "").replace(/<[^>]*>/g, "x")).filter(Boolean);
      const problem = await problemOf(words);
      assert.doesNotMatch(problem ?? "", /unknown (command|option)|unexpected/, `${where}: ${text}`);
    }
  });

  it("are refused where they are wrong", async () => {
    assert.match((await problemOf(["lsit"]))!, /^unknown command lsit; did you mean list\?/);
    assert.match((await problemOf(["list", "--jsn"]))!, /^unknown option --jsn; did you mean --json\?/);
    assert.match((await problemOf(["sweep"]))!, /^sweep: expected a file: /);
  });

  it("train experiments that are there, with settings that they take", () => {
    let checked = 0;
    for (const { where, text } of all.flatMap(commandLines)) {
      const [command, file = "", ...rest] = wordsOf(text);
      if (!file.startsWith("experiments/") || /[<…]/.test(text)) continue;
      if (!existsSync(file)) continue; // a reader's own, such as mine.yaml
      const overrides = rest.filter((word) => /^~?[a-z_.0-9]+=/.test(word));
      const variant = rest.includes("--variant") ? rest[rest.indexOf("--variant") + 1]! : null;
      try {
        if (command === "run") loadExperiment(file, overrides);
        else if (command === "sweep") loadSweep(file, { overrides, variant });
        else continue;
      } catch (error) {
        assert.fail(`${where}: ${text}\n${error}`);
      }
      checked++;
    }
    assert.ok(checked >= 10, `${checked} were checked`);
  });

  it("show files that the program reads", () => {
    const shown = all.flatMap((document) => blocks(document, "yaml"));
    assert.ok(shown.length >= 9);
    for (const { where, text } of shown) {
      try {
        readAs(text);
      } catch (error) {
        assert.fail(`${where}\n${error}`);
      }
    }
  });

  it("make folders of Open Images, one for each class", (t) => {
    const cwd = temporaryFolder(t);
    const write = (file: string, ...lines: string[]) =>
      writeFileSync(path.join(cwd, file), lines.map((line) => `${line}\n`).join(""));
    const names = ["/m/0bt9lr,Dog", "/m/01yrx,Cat\r", "/m/04m9y,Dogfish", "/m/0dzct,Human face"];
    write("oidv7-class-descriptions.csv", "LabelName,DisplayName", ...names);
    write(
      "oidv7-val-annotations-human-imagelabels.csv",
      "ImageID,Source,LabelName,Confidence",
      "both,verification,/m/0bt9lr,1.0",
      "both,verification,/m/0dzct,1.0",
      "face,verification,/m/0dzct,1",
      "absent,verification,/m/01yrx,0.0",
      "other,verification,/m/04m9y,1",
      "missing,verification,/m/0bt9lr,1",
      "cat,crowdsource-verification,/m/01yrx,1",
    );
    mkdirSync(path.join(cwd, "images"));
    for (const name of ["both", "face", "absent", "other", "cat"]) write(`images/${name}.jpg`, name);
    const guide = all.find(({ file }) => file === "docs/data.md")!;
    const recipe = blocks(guide, "sh").find(({ text }) => text.includes("imagelabels.csv"))!;
    execFileSync("bash", ["-euc", recipe.text], { cwd });
    const classes = path.join(cwd, "classes");
    const found = readdirSync(classes).map((name) => [name, readdirSync(path.join(classes, name))] as const);
    assert.deepEqual(Object.fromEntries(found), {
      Dog: ["both.jpg"],
      Cat: ["cat.jpg"],
      "Human face": ["face.jpg"],
    });
    assert.equal(readFileSync(path.join(classes, "Cat/cat.jpg"), "utf8"), "cat\n");
  });

  it("link to files and headings that there are", () => {
    for (const document of all)
      for (const { where, text, anchor } of links(document)) {
        assert.ok(existsSync(text), `${where}: ${text} is not there`);
        if (anchor !== null)
          assert.ok(anchors(readFileSync(text, "utf8")).has(anchor), `${where}: ${text} has no #${anchor}`);
      }
  });
});

/** By its keys a block is a sweep, a launcher of one, a router, the definition of a report, or an experiment or a part of one. */
function readAs(text: string): void {
  const keys = Object.keys(parse(text) as object);
  const file = "experiments/shown.yaml";
  if (keys.includes("parameters")) readSweep(text, { file, files: disk, cwd: root });
  else if (keys.includes("launcher")) assert.deepEqual(readLauncher(parse(text).launcher).problems, []);
  else if (keys.includes("panels")) readDefinition(text, file);
  else if (keys.includes("specialists")) assert.ok(keys.includes("classifier"));
  else {
    const isPart = !keys.includes("dataset") && !keys.includes("extends");
    const whole = isPart ? `${text}\ndataset: synthetic\n` : text;
    resolveExperiment(whole, { file, files: disk, cwd: root });
  }
}
