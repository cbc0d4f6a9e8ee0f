// The engines that tests compare. The reference is TensorFlow.js's own JavaScript backend: slow, but nobody's but theirs.

import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { createEagerEngine } from "../../src/engine/eager-engine.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { openEngine } from "../../src/engine/engines.ts";
import { testedEngine } from "../tested-engine.ts";

export const tested: Engine = await openEngine(testedEngine.engine, {
  device: testedEngine.device,
  threads: 2,
});

export const reference: Engine = createEagerEngine({
  name: "reference",
  backend: "cpu",
  device: "cpu (JavaScript)",
  version: tf.version_core,
});
