// What the lock file must not lose when npm writes it anew (docs/decisions/0011-packaging.md).

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

type Entry = {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly name?: string;
  readonly hasInstallScript?: boolean;
};

const { packages } = JSON.parse(
  readFileSync(new URL("../../package-lock.json", import.meta.url), "utf8"),
) as { readonly packages: Readonly<Record<string, Entry>> };

function entry(name: string): Entry {
  const found = packages[`node_modules/${name}`];
  assert.ok(found, `${name} is not in package-lock.json`);
  return found;
}

test("onnxruntime-node is installed without its script, which downloads CUDA and fails where it cannot", () => {
  assert.equal(
    entry("onnxruntime-node").hasInstallScript,
    undefined,
    'npm wrote "hasInstallScript" of onnxruntime-node back into package-lock.json: delete that line',
  );
});

test("the store's binding is compiled: its script is known", () => {
  assert.equal(entry("better-sqlite3").hasInstallScript, true);
});

test("canvas is the one that needs no compiler", () => {
  assert.equal(entry("canvas").name, "@napi-rs/canvas");
});

test("every package comes from the registry, and is the one whose hash is here", () => {
  const names = Object.keys(packages).filter((name) => name !== "" && packages[name]!.link !== true);
  assert.ok(names.length > 100);
  assert.deepEqual(
    names.filter((name) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(packages[name]!.integrity ?? "")),
    [],
  );
  // Left out by npm where it is the registry's own.
  const elsewhere = names.filter(
    (name) =>
      !(packages[name]!.resolved ?? "https://registry.npmjs.org/").startsWith("https://registry.npmjs.org/"),
  );
  assert.deepEqual(elsewhere, []);
});
