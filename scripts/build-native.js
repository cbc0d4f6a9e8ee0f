// npm's install script: compiles native/ into build/Release/hueristic.node, where there is a compiler and the platform was
// tried. Everything works without, slower: so this says in one line why it did not, and never fails an install.
// See docs/decisions/0012-native.md. In a checkout: npm run install. Usage: node scripts/build-native.js [option of node-gyp ...]

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const addon = path.join(root, "build/Release/hueristic.node");
const stamp = path.join(root, "build/Release/hueristic.sources");
/** Read by src/engine/native: why there is no addon. */
const reason = path.join(root, "build/not-built.txt");
const tried = ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"];

const options = process.argv.slice(2);
const mostMs = options.length > 0 ? 1_200_000 : 300_000;

function say(line) {
  process.stdout.write(`native kernels: ${line}\n`);
}

function notBuilt(why) {
  say(`not built: ${why}`);
  mkdirSync(path.dirname(reason), { recursive: true });
  writeFileSync(reason, why);
}

/** Of all that the addon is made of. */
function sourcesHash() {
  const files = readdirSync(path.join(root, "native"), { recursive: true, encoding: "utf8" })
    .filter((file) => /\.(cc|h)$/.test(file))
    .sort()
    .map((file) => path.join("native", file));
  const hash = createHash("sha256").update(`${process.platform}-${process.arch}-${options}`);
  for (const file of ["binding.gyp", ...files]) hash.update(file).update(readFileSync(path.join(root, file)));
  return hash.digest("hex");
}

/** npm brings node-gyp, and says where; beside Node lies npm where this is started by hand. */
function nodeGyp() {
  const { npm_config_node_gyp: said } = process.env;
  if (said && existsSync(said)) return said;
  const beside = path.join(path.dirname(process.execPath), "../lib/node_modules/npm/package.json");
  try {
    return createRequire(beside).resolve("node-gyp/bin/node-gyp.js");
  } catch {
    return null;
  }
}

/** Node's headers where it is installed with them: then nothing is downloaded. */
function headers() {
  if (process.env.npm_config_nodedir) return [];
  const prefix = path.resolve(path.dirname(process.execPath), "..");
  return existsSync(path.join(prefix, "include/node/node_api.h")) ? [`--nodedir=${prefix}`] : [];
}

function failure({ error, signal, stdout = "", stderr = "" }) {
  if (error) return error.code === "ETIMEDOUT" ? `took longer than ${mostMs / 1000} s` : error.message;
  if (signal) return `ended by ${signal}`;
  const lines = `${stderr}\n${stdout}`.split("\n");
  const said =
    lines.find((line) => /error:|not found|No such file/.test(line)) ??
    lines.find((line) => line.startsWith("gyp ERR! stack")) ??
    lines.find((line) => line !== "");
  return (said ?? "no reason given").replace(/^gyp ERR! stack (Error: )?/, "").trim();
}

function build() {
  const { HUERISTIC_NATIVE: wanted } = process.env;
  if (wanted === "0") return notBuilt("HUERISTIC_NATIVE=0 when it was installed");
  const platform = `${process.platform}-${process.arch}`;
  if (!tried.includes(platform)) return notBuilt(`never tried on ${platform}`);
  const hash = sourcesHash();
  if (existsSync(addon) && existsSync(stamp) && readFileSync(stamp, "utf8") === hash)
    return say("built already");
  const gyp = nodeGyp();
  if (!gyp) return notBuilt("no node-gyp, which npm brings");
  const outcome = spawnSync(process.execPath, [gyp, "rebuild", "--jobs", "max", ...headers(), ...options], {
    cwd: root,
    encoding: "utf8",
    timeout: mostMs,
    maxBuffer: 2 ** 26,
  });
  mkdirSync(path.join(root, "build"), { recursive: true });
  const log = path.join(root, "build/native.log");
  writeFileSync(log, `${outcome.stdout ?? ""}\n${outcome.stderr ?? ""}`);
  if (outcome.status !== 0 || !existsSync(addon)) return notBuilt(`${failure(outcome)} (${log})`);
  writeFileSync(stamp, hash);
  say("built");
}

try {
  build();
} catch (error) {
  say(`not built: ${error instanceof Error ? error.message : error}`);
}
