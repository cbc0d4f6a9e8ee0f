// EXIF and XMP of originals in colored files.

import assert from "node:assert/strict";
import { test } from "node:test";
import sharp from "sharp";
import { uprightExif } from "../../src/colorize/metadata/exif.ts";
import { notedXmp } from "../../src/colorize/metadata/xmp.ts";

const upright = { software: "Hueristic 1, colored by run k3v9", width: 640, height: 480 };

/** Of a JPEG that sharp made, without "Exif" and two zeros. */
async function exifOf(exif: Parameters<ReturnType<typeof sharp>["withExif"]>[0], orientation: number) {
  const image = sharp({ create: { width: 8, height: 8, channels: 3, background: "grey" } });
  const bytes = await image.withMetadata({ orientation }).withExifMerge(exif).jpeg().toBuffer();
  return (await sharp(bytes).metadata()).exif!.subarray(6);
}

/** What libvips reads. */
async function read(exif: Buffer): Promise<{ orientation: number | undefined; text: string }> {
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
  const { orientation, text } = await read(uprightExif(original, upright));
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
    assert.match((await read(made)).text, /Hueristic 1, colored by run k3v9/);
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
