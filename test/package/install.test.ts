// What somebody does who gets the tarball: installs it into an empty folder, trains there, and uses it from code.

import assert from "node:assert/strict";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { copyOfTree, root } from "../copy-of-tree.ts";
import { execute, type Outcome, preparedCache } from "./npm.ts";

const work = mkdtempSync(path.join(os.tmpdir(), "hueristic-install-"));
const home = path.join(work, "home");
const cache = path.join(work, "cache");
after(() => rmSync(work, { recursive: true, force: true }));

const npm = (args: readonly string[], cwd: string, environment = {}) =>
  execute("npm", [...args, "--cache", cache], cwd, environment);
/** As `npx hueristic` finds it. */
const hueristic = (...args: string[]) => execute(path.join(home, "node_modules/.bin/hueristic"), args, home);

function succeeds(outcome: Outcome): Outcome {
  assert.equal(outcome.code, 0, outcome.stderr + outcome.stdout);
  return outcome;
}

/** npm from 11.16 on names every package with an install script that nobody has approved, whatever the package. */
function warnings({ stderr }: Outcome): readonly string[] {
  return stderr.split("\n").filter((line) => line.startsWith("npm warn") && !/install-scripts/.test(line));
}

let install: Outcome;

before(() => {
  preparedCache(cache);
  const tree = path.join(work, "tree");
  copyOfTree(tree);
  succeeds(npm(["pack", "--pack-destination", work], tree));
  assert.ok(!readdirSync(tree).includes("dist"), "what was built for the tarball is left behind");
  mkdirSync(home);
  // SQLite and the native part are compiled without optimization: in a third of the time.
  const tarball = path.join(work, "hueristic-0.1.0.tgz");
  install = npm(["install", "--prefer-offline", tarball], home, { CFLAGS: "-O0", CXXFLAGS: "-O0" });
});

describe("the tarball", () => {
  it("installs without a warning, without CUDA's download and without node-canvas", () => {
    succeeds(install);
    assert.deepEqual(warnings(install), []);
    const packages = readdirSync(path.join(home, "node_modules"));
    assert.ok(packages.includes("onnxruntime-node"));
    for (const absent of ["canvas", "chartjs-node-canvas", "tsx", "esbuild", "typescript"])
      assert.ok(!packages.includes(absent), `${absent} is installed`);
  });

  it("knows its version and completes its commands", () => {
    assert.equal(succeeds(hueristic("--version")).stdout, "0.1.0\n");
    assert.match(succeeds(hueristic("completion")).stdout, /hueristic --get-yargs-completions/);
    const completed = succeeds(hueristic("--get-yargs-completions", "hueristic", "in"));
    assert.match(completed.stdout, /^init$/m);
    assert.equal(succeeds(npm(["exec", "--", "hueristic", "--version"], home)).stderr, "");
  });

  it("writes an experiment, trains it and writes its report", () => {
    const { stdout, stderr } = succeeds(hueristic("init"));
    assert.equal(stdout, "experiments/demo.yaml\nexperiments/schema.json\n");
    assert.equal(stderr, "next:  npx hueristic run experiments/demo.yaml --report\n");
    const small = ["train.epochs=1", "dataset.count=210", "image.size=32", "engine=onnx"];
    succeeds(hueristic("run", "experiments/demo.yaml", "--report", ...small));
    const [page] = readdirSync(path.join(home, "runs")).filter((name) => name.endsWith(".html"));
    assert.match(readFileSync(path.join(home, "runs", page!), "utf8"), /<script>/);
    const shown = succeeds(hueristic("show", "latest", "--json"));
    const { provenance } = JSON.parse(shown.stdout) as {
      provenance: { gitCommit: string | null; packages: Record<string, string> };
    };
    assert.equal(provenance.gitCommit, null);
    assert.equal(provenance.packages.hueristic, "0.1.0");
  });

  it("draws charts, and says in one line what is missing where it cannot", () => {
    succeeds(hueristic("report", "--png", "figures"));
    assert.ok(readdirSync(path.join(home, "figures")).includes("loss.png"));
    const [installed, elsewhere] = [path.join(home, "node_modules/@napi-rs"), path.join(work, "@napi-rs")];
    renameSync(installed, elsewhere);
    const { code, stderr } = hueristic("report", "--png", "none");
    assert.equal(code, 2);
    assert.equal(
      stderr,
      "error: --png: @napi-rs/canvas, which draws charts, is not installed: npm install @napi-rs/canvas\n",
    );
    renameSync(elsewhere, installed);
  });

  it("says how to build SQLite's binding where npm did not", () => {
    const [built, elsewhere] = [
      path.join(home, "node_modules/better-sqlite3/build"),
      path.join(work, "build"),
    ];
    renameSync(built, elsewhere);
    const { code, stderr } = hueristic("list");
    assert.equal(code, 2, stderr);
    assert.match(stderr, /^error: SQLite's binding is not built for this Node: npm rebuild better-sqlite3 /);
    renameSync(elsewhere, built);
    succeeds(hueristic("list"));
  });

  it("has an API whose example in docs/api.md is typed and runs", () => {
    const document = readFileSync(path.join(root, "docs/api.md"), "utf8");
    const [, example] = /```ts\n([\s\S]*?)```/.exec(document)!;
    writeFileSync(
      path.join(home, "example.mts"),
      `${example}\nexport const epochs: number = experiment.train.epochs;
// @ts-expect-error: no text
export const noText: string = experiment.train.epochs;
`,
    );
    const options = { target: "es2023", lib: ["es2023"], module: "nodenext", strict: true, noEmit: true };
    const compilerOptions = { ...options, types: ["node"], skipLibCheck: true };
    writeFileSync(
      path.join(home, "tsconfig.json"),
      JSON.stringify({ compilerOptions, files: ["example.mts"] }),
    );
    const compiler = path.join(root, "node_modules/typescript/bin/tsc");
    assert.equal(succeeds(execute(process.execPath, [compiler, "-p", "."], home)).stdout, "");
    writeFileSync(path.join(home, "example.mjs"), example!);
    const { stdout } = succeeds(execute(process.execPath, ["example.mjs"], home));
    assert.match(stdout, /^FINISHED\n.*best unseen loss 0\.\d+\n.*report\.html\n$/s);
  });
});
