// Run where the package is installed, before npm runs the install scripts of other packages: that of onnxruntime-node
// downloads CUDA on Linux and fails the whole install where it cannot. Afterwards it does so only when it is asked to, by
// ONNXRUNTIME_NODE_INSTALL, as `hueristic doctor` says. See docs/decisions/0011-packaging.md.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const firstLine = "if (!process.env.ONNXRUNTIME_NODE_INSTALL) process.exit(0); // Put here by hueristic.\n";

/** In a checkout the lock file does this, and node_modules belongs to others. */
const isCheckout = existsSync(new URL("../src/cli.ts", import.meta.url));
if (!isCheckout) {
  try {
    const script = createRequire(import.meta.url).resolve("onnxruntime-node/script/install.js");
    const text = readFileSync(script, "utf8");
    if (!text.startsWith(firstLine)) writeFileSync(script, firstLine + text);
  } catch {
    // A package manager that installs dependencies later, or keeps them read-only: it goes its own way.
  }
}
