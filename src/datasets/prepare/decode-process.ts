// A process that decodes files for another one until that one closes the channel or is gone (decoders.ts).

import { endWithParent } from "../../own-process.ts";
import { decodeFile } from "./decode.ts";
import type { DecodeReply, DecodeRequest } from "./decoders.ts";

endWithParent();

process.on("message", async ({ path, size }: DecodeRequest) => {
  const reply: DecodeReply = await decodeFile(path, size, { leaveBig: true });
  // The channel may close while a file is being decoded.
  if (process.connected) process.send!(reply);
});
