#!/usr/bin/env node
// Starts the command line. TypeScript runs as it is, through tsx: there is no build step.
import { register } from "tsx/esm/api";

register();
const { main } = await import("../src/cli.ts");
// Not process.exit: standard output must have time to drain.
process.exitCode = await main(process.argv.slice(2));
