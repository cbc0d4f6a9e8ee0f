// A process that decodes files for another one until that one closes the channel or is gone (decoders.ts).

import { decodeFile } from "./decode.ts";
import type { DecodeReply, DecodeRequest } from "./decoders.ts";

// Meant for the parent, who tells its processes when to stop.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});
process.on("disconnect", () => process.exit());

process.on("message", async ({ path, size }: DecodeRequest) => {
  const reply: DecodeReply = await decodeFile(path, size, { leaveBig: true });
  // The channel may close while a file is being decoded.
  if (process.connected) process.send!(reply);
});
