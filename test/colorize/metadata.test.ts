// EXIF and XMP of originals in colored files.

import assert from "node:assert/strict";
import { test } from "node:test";
import sharp from "sharp";
import { encodeColored } from "../../src/colorize/encode-colored.ts";
import { uprightExif } from "../../src/colorize/metadata/exif.ts";
import { exifOfTiff } from "../../src/colorize/metadata/tiff-exif.ts";
import { notedXmp } from "../../src/colorize/metadata/xmp.ts";
import { tiffTags } from "../../src/datasets/formats/tiff-tags.ts";

const upright = { software: "Hueristic 1, colored by run k3v9", width: 640, height: 480 };

/** Of a JPEG that sharp made, without "Exif" and two zeros. */
async function exifOf(exif: Parameters<ReturnType<typeof sharp>["withExif"]>[0], orientation: number) {
  const image = sharp({ create: { width: 8, height: 8, channels: 3, background: "grey" } });
  const bytes = await image.withMetadata({ orientation }).withExifMerge(exif).jpeg().toBuffer();
  return (await sharp(bytes).metadata()).exif!.subarray(6);
}

/** What libvips reads. */
async function readExif(exif: Buffer): Promise<{ orientation: number | undefined; text: string }> {
  const plain = await sharp({ create: { width: 8, height: 8, channels: 3, background: "grey" } })
    .jpeg()
    .toBuffer();
  const head = Buffer.from("\xff\xe1\0\0Exif\0\0", "latin1");
  head.writeUInt16BE(exif.length + 8, 2);
  const bytes = Buffer.concat([plain.subarray(0, 2), head, exif, plain.subarray(2)]);
  const { orientation, exif: found } = await sharp(bytes, { failOn: "warning" }).metadata();
  return { orientation, text: found!.toString("latin1") };
}

test("texts stay, the picture is upright, and the software is ours alone", async () => {
  const original = await exifOf({ IFD0: { Artist: "A. Photographer", Software: "Scanner 3" } }, 6);
  const { orientation, text } = await readExif(uprightExif(original, upright));
  assert.equal(orientation, 1);
  assert.match(text, /A\. Photographer/);
  assert.match(text, /colored by run k3v9/);
  const [software] = [...text.matchAll(/Scanner 3/g)];
  assert.ok(software === undefined || text.indexOf("Hueristic 1") > 0);
});

test("what is damaged, too long or missing gives EXIF that names the software", async () => {
  const long = Buffer.concat([await exifOf({ IFD0: { Artist: "x" } }, 1), Buffer.alloc(70_000)]);
  const pointing = Buffer.from("II*\0\xff\xff\xff\0", "latin1");
  for (const original of [null, Buffer.from("nothing"), pointing, long]) {
    const made = uprightExif(original, upright);
    assert.ok(made.length < 200);
    assert.match((await readExif(made)).text, /Hueristic 1, colored by run k3v9/);
  }
});

const note = { program: "Hueristic 1", runId: "k3v9", runName: 'a "b" & <c>', epoch: 12 };

test("XMP keeps what it has and gets a description of the run", () => {
  const original =
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="uuid:1" xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6" tiff:Make="Ernst"/></rdf:RDF></x:xmpmeta>';
  const noted = notedXmp(original, note);
  assert.match(noted, /tiff:Orientation="1" tiff:Make="Ernst"/);
  assert.match(noted, /rdf:about="uuid:1" xmlns:hueristic=.* hueristic:run="k3v9"/);
  assert.match(noted, /hueristic:name="a &quot;b&quot; &amp; &lt;c>"/);
  assert.match(noted, /compositeWithTrainedAlgorithmicMedia/);
  assert.equal(noted.match(/<\/rdf:RDF>/g)!.length, 1);
  assert.match(notedXmp("no XMP", note), /^<x:xmpmeta.*hueristic:epoch="12".*<\/x:xmpmeta>$/);
});

/** A directory of EXIF in big-endian order that stands at `at`; values that do not fit stand behind it. */
function bigEndian(
  at: number,
  entries: readonly [tag: number, type: number, count: number, value: Buffer][],
) {
  const head = Buffer.alloc(2 + 12 * entries.length + 4);
  const values: Buffer[] = [];
  let end = at + head.length;
  head.writeUInt16BE(entries.length);
  for (const [place, [tag, type, count, value]] of entries.entries()) {
    const from = 2 + 12 * place;
    head.writeUInt16BE(tag, from);
    head.writeUInt16BE(type, from + 2);
    head.writeUInt32BE(count, from + 4);
    if (value.length <= 4) value.copy(head, from + 8);
    else {
      head.writeUInt32BE(end, from + 8);
      values.push(value);
      end += value.length;
    }
  }
  return Buffer.concat([head, ...values]);
}

const words = (...values: number[]) => Buffer.concat(values.map((value) => Buffer.from([0, 0, 0, value])));

test("EXIF goes into a TIFF among its own tags, and out of it again", async () => {
  const camera = bigEndian(200, [
    [33434, 5, 1, words(1, 50)], // ExposureTime
    [37396, 3, 3, Buffer.from([0, 1, 0, 2, 0, 3])], // SubjectArea
    [37500, 7, 9, Buffer.from("MakerNote")],
    [40962, 4, 1, words(7)], // as wide as it was
  ]);
  const first = bigEndian(8, [
    [258, 3, 1, Buffer.from([0, 1])], // bits of a sample, which are the picture's own
    [274, 3, 1, Buffer.from([0, 6])],
    [282, 5, 1, words(200, 1)],
    [315, 2, 6, Buffer.from("A. P.\0")],
    [34665, 4, 1, words(200)],
  ]);
  const gap = Buffer.alloc(200 - 8 - first.length);
  const exif = Buffer.concat([Buffer.from("MM\0*\0\0\0\x08", "latin1"), first, gap, camera]);
  const numbers = Uint16Array.from({ length: 3 * 35 }, (_, at) => 500 * at);
  const picture = { width: 7, height: 5, channels: 3, numbers } as const;
  const pieces = await encodeColored(picture, "tiff", { exif, xmp: null, note });
  const file = Buffer.concat([...pieces]);

  const tags = tiffTags(file)!;
  assert.deepEqual(
    [256, 258, 274, 282].map((tag) => tags.get(tag)),
    [[7], [16, 16, 16], [1], [200]],
  );
  const image = sharp(file, { failOn: "warning" });
  const { xmpAsString, density } = await image.metadata();
  assert.match(xmpAsString!, /hueristic:run="k3v9"/);
  assert.equal(density, 200);
  const read = await image.toColourspace("rgb16").raw({ depth: "ushort" }).toBuffer();
  assert.deepEqual(read, Buffer.from(numbers.buffer));

  const back = exifOfTiff(file)!;
  const { text: found } = await readExif(back);
  assert.match(found, /A\. P\./);
  assert.match(found, /colored by run k3v9/);
  assert.ok(!found.includes("MakerNote"));
  const at = tiffTags(back)!.get(34665)![0]!;
  // The same directory as a file's first one, so that another reader reads it.
  const pointed = Buffer.from(back);
  pointed.writeUInt32LE(at, 4);
  const ofCamera = tiffTags(pointed)!;
  assert.deepEqual(
    [...ofCamera],
    [
      [33434, [0.02]],
      [37396, [1, 2, 3]],
      [40962, [7]],
    ],
  );

  assert.equal(exifOfTiff(file.subarray(0, file.length - 20)), null);
  assert.equal(exifOfTiff(Buffer.from("II*\0\xff\xff\xff\0", "latin1")), null);
  assert.equal(exifOfTiff(Buffer.from("no TIFF")), null);
});

test("of a TIFF whose tags point at one place again and again, each is read once, and no more than a description", () => {
  const directory = (entries: number, entry: (at: number) => readonly [number, number, number, number]) => {
    const bytes = Buffer.alloc(2 + 12 * entries + 4);
    bytes.writeUInt16LE(entries);
    for (let at = 0; at < entries; at++) {
      const [tag, type, count, value] = entry(at);
      bytes.writeUInt16LE(tag, 2 + 12 * at);
      bytes.writeUInt16LE(type, 4 + 12 * at);
      bytes.writeUInt32LE(count, 6 + 12 * at);
      bytes.writeUInt32LE(value, 10 + 12 * at);
    }
    return bytes;
  };
  const head = Buffer.from("II*\0\x08\0\0\0", "latin1");
  const pointers = directory(3000, () => [34665, 4, 1, 8 + 2 + 12 * 3000 + 4]);
  const same = directory(3000, () => [33434, 4, 1, 7]);
  // The first directory of one pointer, the camera's of one tag.
  assert.equal(exifOfTiff(Buffer.concat([head, pointers, same]))!.length, 8 + 2 * (2 + 12 + 4));

  const one = directory(1, () => [34665, 4, 1, 8 + 2 + 12 + 4]);
  const of = (tags: number, length: number) =>
    Buffer.concat([head, one, directory(tags, (at) => [50_000 + at, 1, length, 0]), Buffer.alloc(40_000)]);
  assert.equal(exifOfTiff(of(2, 20_000))!.length, 8 + (2 + 12 + 4) + (2 + 24 + 4) + 40_000);
  assert.equal(exifOfTiff(of(2, 40_000)), null);
  assert.notEqual(exifOfTiff(of(1000, 1)), null);
  assert.equal(exifOfTiff(of(1001, 1)), null);
});
