// EXIF of an original for its colored picture (CIPA DC-008: a TIFF structure): upright, sRGB, without the thumbnail, and
// `Software` says what colored it. Its first directory is written anew at the end, so that no other offset changes.

import { entriesAt, entryLength, isTiff, type View, viewOf } from "./tiff-view.ts";

const tags = { orientation: 274, software: 305, exif: 34665, colorSpace: 40961, across: 40962, down: 40963 };
/** What a JPEG's segment holds beside its length and "Exif". */
const longest = 65527;

export type Upright = { readonly software: string; readonly width: number; readonly height: number };

/** null in place of what was too long or damaged gives EXIF of the software alone. */
export function uprightExif(original: Buffer | null, upright: Upright): Buffer {
  const kept = original === null || original.length > longest ? null : rewritten(original, upright);
  if (kept !== null && kept.length <= longest) return kept;
  const empty = Buffer.from("MM\0*\0\0\0\x08\0\0\0\0\0\0", "latin1");
  return rewritten(empty, upright)!;
}

function rewritten(original: Buffer, { software, width, height }: Upright): Buffer | null {
  if (!isTiff(original)) return null;
  const view = viewOf(Buffer.from(original));
  try {
    const entries = entriesAt(view, view.u32(4));
    const text = Buffer.from(`${software.replace(/[^\x20-\x7e]/g, "?")}\0`, "latin1");
    const end = view.bytes.length + (view.bytes.length & 1);
    const kept = entries.filter(({ tag }) => tag !== tags.software);
    for (const { tag, bytes } of kept) if (tag === tags.orientation) view.of(bytes).setU16(8, 1);
    // The first one alone: thousands could point at one directory of thousands.
    const camera = kept.find(({ tag }) => tag === tags.exif);
    if (camera !== undefined) mend(view, view.of(camera.bytes).u32(8), { width, height });
    const entry = view.of(Buffer.alloc(entryLength));
    entry.setU16(0, tags.software);
    entry.setU16(2, 2);
    entry.setU32(4, text.length);
    if (text.length <= 4) text.copy(entry.bytes, 8);
    else entry.setU32(8, end);
    const all = [...kept, { tag: tags.software, bytes: entry.bytes }].sort((a, b) => a.tag - b.tag);
    const place = end + text.length + (text.length & 1);
    const head = view.of(Buffer.alloc(2));
    head.setU16(0, all.length);
    view.setU32(4, place);
    return Buffer.concat([
      view.bytes,
      Buffer.alloc(end - view.bytes.length),
      text,
      Buffer.alloc(text.length & 1),
      head.bytes,
      ...all.map(({ bytes }) => bytes),
      Buffer.alloc(4), // no second directory, which holds the thumbnail
    ]);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** The directory of the camera: sRGB, and the size that the picture has now. */
function mend(view: View, at: number, { width, height }: Pick<Upright, "width" | "height">): void {
  const values = new Map([
    [tags.colorSpace, 1],
    [tags.across, width],
    [tags.down, height],
  ]);
  for (const { tag, bytes } of entriesAt(view, at)) {
    const value = values.get(tag);
    if (value === undefined) continue;
    const entry = view.of(bytes);
    if (entry.u16(2) === 3) entry.setU16(8, Math.min(65535, value));
    else if (entry.u16(2) === 4) entry.setU32(8, value);
  }
}
