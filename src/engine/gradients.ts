// TensorFlow.js's Node bundle registers no gradients; its own module does, into the registry that all copies share.
// The module is ESM without saying so in package.json, hence tsx's require.

import { require } from "tsx/cjs/api";

let registered = false;

export function registerGradients(): void {
  if (registered) return;
  require("@tensorflow/tfjs-core/dist/register_all_gradients.js", import.meta.url);
  registered = true;
}
