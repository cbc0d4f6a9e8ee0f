// A picture's numbers as they stand in the file, written anew as a TIFF that libvips converts straight to 8-bit sRGB.
// Left to itself it brings pictures of 16 bits into Display P3 and calls that sRGB, leaves out the profiles of grey
// ones, and knows no colors but a profile's. Numbers that a profile explains are marked as a sensor's (photometric
// 34892), because sharp picks Display P3 for what libvips calls RGB of 16 bits. Without a profile they are rounded to
// 8 bits: the same picture at 8 bits then gives the same bytes.

import sharp from "sharp";
import type { ColorModel } from "./icc-profile.ts";

/** From 8-bit numbers of three bands. */
export type ToRgb = (a: number, b: number, c: number) => readonly [number, number, number];

export type Numbers = {
  /** As sharp names what the file holds. */
  readonly space: "b-w" | "grey16" | "srgb" | "rgb16" | "scrgb" | "cmyk";
  readonly model: ColorModel;
  /** Places of the bands that are colors, and of the one that is transparency. */
  readonly bands: readonly number[];
  readonly alpha: number | null;
  /** The number that is white. */
  readonly most: number;
  readonly toRgb: ToRgb | null;
  readonly profile: Buffer | null;
};

export type OpenOptions = {
  readonly limitInputPixels: number;
  readonly limitInputChannels: number;
  readonly failOn: "none" | "error" | "warning";
};

/** Larger pictures are first shrunk to this many pixels; null leaves them as they are. */
const usualMostPixels = 25e6;

export async function numbersAsTiff(
  bytes: Buffer,
  { width, height, orientation }: { width: number; height: number; orientation?: number | undefined },
  numbers: Numbers,
  options: OpenOptions,
  mostPixels: number | null = usualMostPixels,
): Promise<Buffer> {
  const { space, model, profile } = numbers;
  const depth = space === "scrgb" ? "float" : /16/.test(space) || numbers.most > 255 ? "ushort" : "uchar";
  // As grey sharp would give the first band alone.
  const asGrey = space === "b-w" && numbers.alpha !== null;
  let picture = sharp(bytes, { ...options, ignoreIcc: true });
  if (space === "cmyk") picture = picture.pipelineColourspace("cmyk");
  const shrink = mostPixels === null ? 1 : Math.sqrt((width * height) / mostPixels);
  if (shrink > 1) picture = picture.resize({ width: Math.floor(width / shrink) });
  const { data, info } = await picture
    .toColourspace(asGrey ? "srgb" : space)
    .raw({ depth })
    .toBuffer({ resolveWithObject: true });
  const all =
    depth === "float"
      ? new Float32Array(data.buffer, data.byteOffset, data.length / 4)
      : depth === "ushort"
        ? new Uint16Array(data.buffer, data.byteOffset, data.length / 2)
        : data;
  const bits = profile !== null && depth !== "uchar" ? 16 : 8;
  const chosen = choose(all, info.channels, asGrey ? { ...numbers, alpha: 3 } : numbers, bits);
  return writeTiff(chosen, {
    width: info.width,
    height: info.height,
    bits,
    bands: numbers.bands.length + (numbers.alpha === null ? 0 : 1),
    hasAlpha: numbers.alpha !== null,
    photometric: model === "CMYK" ? 5 : profile !== null ? 34892 : model === "GRAY" ? 1 : 2,
    orientation: orientation ?? 1,
    profile,
  });
}

/** What counts, scaled to `bits`; transparency always to 8, as libvips expects of what is not marked as RGB. */
function choose(
  all: ArrayLike<number>,
  channels: number,
  { bands, alpha, most, toRgb }: Numbers,
  bits: 8 | 16,
): Uint8Array | Uint16Array {
  const places = alpha === null ? bands : [...bands, alpha];
  const scales = places.map((place) => (bits === 8 || place === alpha ? 255 : 65535) / most);
  const pixels = all.length / channels;
  const length = pixels * places.length;
  // Clamped and rounded in both widths: what is below black or above white, as floats may be, is cut off.
  const chosen = bits === 8 ? new Uint8ClampedArray(length) : new Uint16Array(length);
  const top = bits === 8 ? 255 : 65535;
  for (let pixel = 0, to = 0; pixel < pixels; pixel++) {
    for (let index = 0; index < places.length; index++) {
      const value = all[pixel * channels + places[index]!]! * scales[index]!;
      chosen[to++] = Math.min(top, Math.max(0, Math.round(value)));
    }
  }
  if (toRgb !== null) {
    for (let at = 0; at < length; at += places.length) {
      chosen.set(toRgb(chosen[at]!, chosen[at + 1]!, chosen[at + 2]!), at);
    }
  }
  return chosen instanceof Uint16Array ? chosen : new Uint8Array(chosen.buffer);
}

type Layout = {
  readonly width: number;
  readonly height: number;
  readonly bits: 8 | 16;
  readonly bands: number;
  readonly hasAlpha: boolean;
  readonly photometric: number;
  readonly orientation: number;
  readonly profile: Buffer | null;
};

function writeTiff(numbers: Uint8Array | Uint16Array, layout: Layout): Buffer {
  const { width, height, bits, bands, profile } = layout;
  const pixels = Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  const rows = Math.max(1, Math.floor(2 ** 20 / (width * bands * (bits / 8))));
  const starts = Array.from({ length: Math.ceil(height / rows) }, (_, strip) => strip * rows);
  const lineBytes = width * bands * (bits / 8);
  const entries: [tag: number, type: 3 | 4, values: number[]][] = [
    [256, 4, [width]],
    [257, 4, [height]],
    [258, 3, new Array(bands).fill(bits)],
    [259, 3, [1]],
    [262, 3, [layout.photometric]],
    [273, 4, starts.map((row) => 8 + row * lineBytes)],
    [274, 3, [layout.orientation]],
    [277, 3, [bands]],
    [278, 4, [rows]],
    [279, 4, starts.map((row) => Math.min(rows, height - row) * lineBytes)],
    ...(layout.hasAlpha ? [[338, 3, [2]] as [number, 3, number[]]] : []),
  ];
  const count = entries.length + (profile === null ? 0 : 1);
  const directory = Buffer.alloc(2 + 12 * count + 4);
  directory.writeUInt16LE(count, 0);
  const behind: Buffer[] = [];
  const align = pixels.length & 1;
  let end = 8 + pixels.length + align + directory.length;
  const put = (index: number, tag: number, type: number, length: number, content: Buffer) => {
    const at = 2 + 12 * index;
    directory.writeUInt16LE(tag, at);
    directory.writeUInt16LE(type, at + 2);
    directory.writeUInt32LE(length, at + 4);
    if (content.length <= 4) {
      content.copy(directory, at + 8);
      return;
    }
    directory.writeUInt32LE(end, at + 8);
    behind.push(content, Buffer.alloc(content.length & 1));
    end += content.length + (content.length & 1);
  };
  for (const [index, [tag, type, values]] of entries.entries()) {
    const content = Buffer.alloc(values.length * (type === 3 ? 2 : 4));
    for (const [place, value] of values.entries()) {
      if (type === 3) content.writeUInt16LE(value, 2 * place);
      else content.writeUInt32LE(value, 4 * place);
    }
    put(index, tag, type, values.length, content);
  }
  if (profile !== null) put(entries.length, 34675, 7, profile.length, profile);
  const header = Buffer.from("II*\0\0\0\0\0", "latin1");
  header.writeUInt32LE(8 + pixels.length + align, 4);
  return Buffer.concat([header, pixels, Buffer.alloc(align), directory, ...behind]);
}
