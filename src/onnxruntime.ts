// The only door to ONNX Runtime: it is told first not to call home.

import "./no-telemetry.ts";

export { default as ort } from "onnxruntime-node";
