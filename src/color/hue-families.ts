// Names for colors, so that a run can say "skin first, then blue". A color is put into one of eight families by its hue
// angle in CIE Lab, h = atan2(b, a) in degrees, its chroma C = sqrt(a^2 + b^2) and its lightness L; nearly grey ones
// belong to none. The borders are ours; docs/emergence.md says where they lie among well-known colors.

/** In the order in which tables show them. */
export const hueFamilies = [
  "skin_brown",
  "red",
  "orange",
  "yellow",
  "green",
  "cyan",
  "blue",
  "purple",
] as const;

export type HueFamily = (typeof hueFamilies)[number];

/** As people read it, such as "skin/brown". */
export function familyName(family: HueFamily): string {
  return family.replace("_", "/");
}

/** Below this chroma a color counts as nearly grey: a tint of the light, not a color of the thing. */
export const leastChroma = 8;

/** Every hue belongs to the last of these that begins at or below it, and below the first one to red. Degrees. */
const hueBorders = [
  { family: "orange", from: 45 },
  { family: "yellow", from: 80 },
  { family: "green", from: 110 },
  { family: "cyan", from: 170 },
  { family: "blue", from: 220 },
  { family: "purple", from: 310 },
  { family: "red", from: 345 },
] as const satisfies readonly { family: HueFamily; from: number }[];

/** Skin, wood, earth: warm hues that are muted, and oranges that are dark. */
const muted = { from: 30, to: 90, mostChroma: 35 };
const dark = { from: 45, to: 80, mostLightness: 50 };

/** Family by whole degree of hue. */
const familyOfDegree = Uint8Array.from({ length: 360 }, (_, degree) => {
  const border = hueBorders.findLast(({ from }) => degree >= from);
  return hueFamilies.indexOf(border?.family ?? "red");
});

/** Degrees in [0, 360). */
export function hueOf(a: number, b: number): number {
  const degrees = (Math.atan2(b, a) * 180) / Math.PI;
  const positive = degrees < 0 ? degrees + 360 : degrees;
  return positive >= 360 ? 0 : positive;
}

/** Index into `hueFamilies`; -1 for what is nearly grey. `hue` as `hueOf` gives it. */
export function familyOf(l: number, chroma: number, hue: number): number {
  if (!(chroma >= leastChroma)) return -1;
  if (hue >= muted.from && hue < muted.to && chroma < muted.mostChroma) return 0;
  if (hue >= dark.from && hue < dark.to && l < dark.mostLightness) return 0;
  return familyOfDegree[Math.floor(hue)]!;
}
