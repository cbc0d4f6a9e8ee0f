// An embedded color profile (ICC.1:2022): its name (tag "desc": text in version 2, UTF-16 in version 4), and whether
// it says what the numbers of such a picture are.

export type ColorModel = "RGB" | "GRAY" | "CMYK";

const needed: Readonly<Record<ColorModel, readonly string[]>> = {
  RGB: ["rXYZ", "gXYZ", "bXYZ", "rTRC", "gTRC", "bTRC"],
  GRAY: ["kTRC"],
  CMYK: ["A2B0"],
};

/** Whether its numbers are of this kind, and it holds what their conversion needs. */
export function isUsableProfile(icc: Uint8Array, model: ColorModel): boolean {
  const bytes = Buffer.from(icc.buffer, icc.byteOffset, icc.length);
  if (bytes.length < 132 || bytes.toString("latin1", 36, 40) !== "acsp") return false;
  if (bytes.toString("latin1", 16, 20).trim() !== model) return false;
  const whole = new Set<string>();
  for (const { name, at, length } of tagsOf(bytes)) if (at + length <= bytes.length) whole.add(name);
  return whole.has("A2B0") || needed[model].every((name) => whole.has(name));
}

/** null where it has none that can be read. */
export function profileName(icc: Uint8Array): string | null {
  const bytes = Buffer.from(icc.buffer, icc.byteOffset, icc.length);
  try {
    const tag = tagsOf(bytes).find(({ name }) => name === "desc");
    return tag === undefined ? null : nameIn(bytes.subarray(tag.at));
  } catch {
    return null; // cut short
  }
}

function tagsOf(bytes: Buffer): { name: string; at: number; length: number }[] {
  const count = bytes.length < 132 ? 0 : Math.min(bytes.readUInt32BE(128), 100);
  const tags = [];
  for (let entry = 132; entry + 12 <= Math.min(bytes.length, 132 + 12 * count); entry += 12) {
    const name = bytes.toString("latin1", entry, entry + 4);
    tags.push({ name, at: bytes.readUInt32BE(entry + 4), length: bytes.readUInt32BE(entry + 8) });
  }
  return tags;
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
