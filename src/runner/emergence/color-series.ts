// What the series of colors mean; docs/emergence.md has the whole story.

import { familyName, hueFamilies } from "../../color/hue-families.ts";
import { type SeriesKind, seriesKind } from "../../runs/series.ts";

/** Of unseen images, in the order in which they are logged. */
export const colorKinds: readonly SeriesKind[] = [
  seriesKind({
    name: "emergence/images",
    title: "images",
    family: "emergence",
    better: "none",
    description: "how many images were looked at",
  }),
  ...hueFamilies.flatMap((family) => [
    seriesKind({
      name: `emergence/${family}`,
      title: familyName(family),
      unit: "share",
      family: "emergence",
      better: "none",
      description: `share of ${familyName(family)} in the pixels of the output`,
    }),
    ofReal(`emergence/${family}`, familyName(family), "share"),
  ]),
  seriesKind({
    name: "emergence/hue_entropy",
    title: "hue entropy",
    unit: "bits",
    family: "emergence",
    better: "none",
    description: "entropy of the hues of colored pixels: 0 is one hue",
  }),
  ofReal("emergence/hue_entropy", "hue entropy", "bits"),
  seriesKind({
    name: "emergence/hue_distance",
    title: "hue distance",
    unit: "bits",
    family: "emergence",
    better: "lower",
    description: "Jensen-Shannon divergence of the hues of output and real images",
    source: "Lin 1991",
  }),
  seriesKind({
    name: "emergence/palette_used",
    title: "palette used",
    family: "emergence",
    better: "higher",
    range: [0, 1],
    description: "share of the real palette that the output uses",
  }),
  seriesKind({
    name: "color/chroma_ratio",
    title: "chroma ratio",
    unit: "ratio",
    family: "color",
    better: "one",
    reference: 1,
    description: "mean chroma of the output by that of the real images",
  }),
  seriesKind({
    name: "color/spread_ratio",
    title: "spread ratio",
    unit: "ratio",
    family: "color",
    better: "none",
    description: "spread of the images' mean colors by that of the real images: 0 is one tint for all",
  }),
  seriesKind({
    name: "color/brown",
    title: "brown",
    unit: "share",
    family: "color",
    better: "none",
    description: "share of brown pixels in the output",
  }),
  ofReal("color/brown", "brown", "share"),
  seriesKind({
    name: "color/near_grey",
    title: "near grey",
    unit: "share",
    family: "color",
    better: "none",
    description: "share of nearly grey pixels in the output",
  }),
  ofReal("color/near_grey", "near grey", "share"),
];

function ofReal(name: string, title: string, unit: string): SeriesKind {
  const description = `${title} of the real images`;
  return seriesKind({
    name: `${name}/real`,
    title: `${title}, real`,
    unit,
    family: "real",
    better: "none",
    description,
  });
}
