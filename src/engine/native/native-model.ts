// Model files whose nodes may be of our own domain.

import { encodeModel, type GraphParts } from "../onnx/model-proto.ts";

/** ModelProto's field 8 with { domain: "hueristic", version: 1 }: messages that stand one after the other are one. */
const ownOperators = (() => {
  const domain = Buffer.from("hueristic");
  const set = Buffer.concat([Buffer.from([0x0a, domain.length]), domain, Buffer.from([0x10, 1])]);
  return Buffer.concat([Buffer.from([0x42, set.length]), set]);
})();

/** A complete model file for native sessions. */
export function encodeNativeModel(graph: GraphParts): Uint8Array {
  return Buffer.concat([encodeModel(graph), ownOperators]);
}
