// What controls show: a photograph with every color turned into its opposite (a and b negated), its lightness as it is. The
// random baseline of Zhang et al., chroma of another photograph, is hard to tell where all photographs are alike, as aligned
// faces are.

import { displayed } from "../color/displayed.ts";
import { labToLumaChroma, rgbToLab } from "../color/lab.ts";

/** uint8 sRGB [pixels, 3], and the same of the result. */
export function oppositeColors(rgb: Uint8Array): Uint8Array {
  const { luma, chroma } = labToLumaChroma(rgbToLab(rgb));
  return displayed(
    luma,
    chroma.map((value) => -value),
  ).rgb;
}

/** Mean distance from grey in CIE Lab. */
export function meanChroma(rgb: Uint8Array): number {
  const lab = rgbToLab(rgb);
  let sum = 0;
  for (let at = 0; at < lab.length; at += 3) sum += Math.hypot(lab[at + 1]!, lab[at + 2]!);
  return sum / (lab.length / 3);
}
