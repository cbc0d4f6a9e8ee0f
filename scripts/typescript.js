// node --import ./scripts/typescript.js: TypeScript of this checkout runs as it is (decision 1), but for threads: each
// would have a thread more for it.

import { register } from "node:module";
import { isMainThread } from "node:worker_threads";

if (isMainThread) {
  process.setSourceMapsEnabled(true);
  register("./typescript-hooks.js", import.meta.url);
}
