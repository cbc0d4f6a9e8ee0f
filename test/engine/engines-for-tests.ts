// The engines that tests compare. The reference is TensorFlow.js's own JavaScript backend: slow, but nobody's but theirs.

import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { createEagerEngine } from "../../src/engine/eager-engine.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { openOnnxEngine } from "../../src/engine/onnx/onnx-engine.ts";

export const onnx: Engine = openOnnxEngine({ threads: 2 });

export const reference: Engine = createEagerEngine({
  name: "reference",
  backend: "cpu",
  device: "cpu (JavaScript)",
  version: tf.version_core,
});
