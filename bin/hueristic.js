#!/usr/bin/env node
// Starts the command line. TypeScript runs as it is, through tsx: there is no build step.
import { register } from "tsx/esm/api";

register();
await import("../src/cli.ts");
