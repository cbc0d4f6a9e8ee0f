// Names of runs that are short enough to type. 40 random bits: among 10,000 runs two collide with a chance of
// 1 in 22,000, and the store draws again then.

import { randomBytes } from "node:crypto";

/** Base32 without i, l, o and 0, which are easily misread. */
const alphabet = "abcdefghjkmnpqrstuvwxyz123456789";

/** Eight characters of base32. */
export function newRunId(): string {
  const bits = randomBytes(5).reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  return Array.from({ length: 8 }, (_, index) => alphabet[Number((bits >> BigInt(5 * index)) & 31n)]).join(
    "",
  );
}
