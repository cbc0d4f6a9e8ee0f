// An SVG of a page as a PNG file by itself. The page's style sheet does not reach it: what it says of drawings stands here,
// in the colors of the light page.

import sharp from "sharp";
import type { Html } from "../html.ts";

const style = `
text { font-family: "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; font-size: 12px }
.tick { fill: #575c66 }
.parallel .tick { paint-order: stroke; stroke: #ffffff; stroke-width: 4px }
.axis-name { font-weight: 600; fill: #1b1d21 }
.cell { font-size: 13px; font-weight: 600 }
.count { font-size: 10.5px }
.empty { fill: #f1f1f3 }
line { stroke: #b9bdc6 }
polyline { fill: none; stroke-width: 1.6 }
.pruned { stroke-dasharray: 5 4 }
.diverged, .failed, .waiting, .running { stroke-dasharray: 1 4 }
.brush, .axis-area { display: none }
`;
const margin = 16;
/** Control characters and halves of surrogate pairs: text in HTML, an error in XML. */
const notXml = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

/** At twice the density of a screen, on white. Throws for what is no SVG element with a width and a height. */
export async function drawFigure(svg: Html): Promise<Uint8Array> {
  const [tag, width, height] = /^<svg[^>]*? width="([\d.]+)" height="([\d.]+)"[^>]*>/.exec(svg.html) ?? [];
  if (tag === undefined) throw new Error("expected an SVG element with a width and a height");
  const [outerWidth, outerHeight] = [Number(width) + 2 * margin, Number(height) + 2 * margin];
  const inner = tag.replace(notXml, "").replace("<svg", `<svg x="${margin}" y="${margin}"`);
  const content = svg.html.slice(tag.length).replace(notXml, "");
  const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="${outerWidth}" height="${outerHeight}"><style>${style}</style><rect width="100%" height="100%" fill="#ffffff"/>${inner}${content}</svg>`;
  return sharp(Buffer.from(drawing), { density: 144 }).png().toBuffer();
}
