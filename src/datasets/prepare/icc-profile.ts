// The name of an embedded color profile (ICC.1:2022, tag "desc"): text in version 2, UTF-16 in version 4.

/** null where it has none that can be read. */
export function profileName(icc: Uint8Array): string | null {
  const bytes = Buffer.from(icc.buffer, icc.byteOffset, icc.length);
  try {
    const tags = bytes.readUInt32BE(128);
    for (let tag = 0; tag < Math.min(tags, 100); tag++) {
      const at = 132 + 12 * tag;
      if (bytes.toString("latin1", at, at + 4) !== "desc") continue;
      return nameIn(bytes.subarray(bytes.readUInt32BE(at + 4)));
    }
  } catch {
    // Cut short.
  }
  return null;
}

function nameIn(content: Buffer): string | null {
  const type = content.toString("latin1", 0, 4);
  if (type === "desc") {
    const length = content.readUInt32BE(8);
    return clean(content.toString("latin1", 12, 12 + Math.min(length, 200)));
  }
  if (type !== "mluc") return null;
  const [length, offset] = [content.readUInt32BE(20), content.readUInt32BE(24)];
  const text = Buffer.from(content.subarray(offset, offset + Math.min(length, 400)));
  return clean(
    text
      .subarray(0, text.length & ~1)
      .swap16()
      .toString("utf16le"),
  );
}

function clean(text: string): string | null {
  return text.replace(/\p{C}+/gu, " ").trim() || null;
}
