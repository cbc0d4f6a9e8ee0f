// XMP of an original with one description more: which run colored it, and in IPTC's words that a trained algorithm did.

import type { Note } from "./note.ts";
import { noteLine } from "./note.ts";

const made = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia";

export function notedXmp(original: string | null, note: Note): string {
  const end = original?.lastIndexOf("</rdf:RDF>") ?? -1;
  if (original === null || end < 0) return packet(description(note, "", true));
  const about = /rdf:about=(["'])(.*?)\1/.exec(original)?.[2] ?? "";
  const upright = original
    .slice(0, end)
    .replace(/(tiff:Orientation=)(["'])\d+\2/g, "$1$21$2")
    .replace(/(<tiff:Orientation>)\s*\d+\s*(<\/tiff:Orientation>)/g, "$11$2");
  const isTold = /DigitalSourceType/.test(original);
  return `${upright}${description(note, about, !isTold)}\n${original.slice(end)}`;
}

/** `about` is taken as it stands in XML. */
function description(note: Note, about: string, isSourceMissing: boolean): string {
  const { program, runId, runName, epoch } = note;
  const values = { program, run: runId, name: runName, epoch: String(epoch), note: noteLine(note) };
  const attributes = Object.entries(values).map(([key, value]) => ` hueristic:${key}="${escaped(value)}"`);
  const source = isSourceMissing
    ? ` xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" Iptc4xmpExt:DigitalSourceType="${made}"`
    : "";
  return `<rdf:Description rdf:about="${about.replaceAll('"', "&quot;")}" xmlns:hueristic="urn:hueristic:colorize:1"${attributes.join("")}${source}/>`;
}

function packet(content: string): string {
  return `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">${content}</rdf:RDF></x:xmpmeta>`;
}

/** XML has no place for control characters. */
function escaped(text: string): string {
  return text
    .replace(/\p{Cc}/gu, "?")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll('"', "&quot;");
}
