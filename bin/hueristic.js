#!/usr/bin/env node
// Starts the command line. In a checkout TypeScript runs as it is, unless HUERISTIC_BUILT=1, which the whole test suite sets to
// start faster; a package holds what was built from it.
import { existsSync } from "node:fs";

const source = new URL("../src/cli.ts", import.meta.url);
const isCheckout = process.env.HUERISTIC_BUILT !== "1" && existsSync(source);
if (isCheckout) await import("../scripts/typescript.js");
const { main } = await import(isCheckout ? source.href : "../dist/cli.js");
let isHungUp = false;
for (const stream of [process.stdout, process.stderr])
  stream.on("error", ({ code }) => {
    isHungUp ||= code === "EIO" && stream.isTTY;
  });
// Not process.exit: standard output must have time to drain.
process.exitCode = await main(process.argv.slice(2));
// Node aborts where it finds no terminal to reset any more: the signal that a closed terminal sends ends it as well.
const hasTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
if (isHungUp || (process.exitCode === 129 && hasTerminal)) process.kill(process.pid, "SIGHUP");
