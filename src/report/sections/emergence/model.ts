// When runs learned which colors, as tables ready to print.

import { familyName, hueFamilies } from "../../../color/hue-families.ts";
import { formatNumber, formatShare } from "../../../runs/format/numbers.ts";
import { plural } from "../../../runs/format/words.ts";
import { type Emergence, type FamilyEmergence, readEmergence } from "../../../store/read-emergence.ts";
import type { ReportRun } from "../../read-report-runs.ts";

/** The first column names the row. */
export type EmergenceTable = {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly notes: readonly string[];
};

export function emergenceOf({ series, run }: ReportRun): Emergence | null {
  return readEmergence((name) => series.find((each) => each.name === name), Math.max(1, run.stepsPerEpoch));
}

/** One run: a row for every color; null where none were measured. */
export function emergenceTable(data: ReportRun): EmergenceTable | null {
  const emergence = emergenceOf(data);
  if (emergence === null) return null;
  const { epoch, images, families } = emergence;
  return {
    columns: ["color", "real images", `output of epoch ${epoch}`, "learned"],
    rows: families.map((member) => [
      familyName(member.family),
      formatShare(member.real),
      formatShare(member.output),
      learned(member),
    ]),
    notes: [
      `Shares of all pixels of ${plural(images, "unseen image")}. A color is learned at the first epoch from which on the output has at least half of its real share.`,
      `At epoch ${epoch} the output uses ${formatShare(emergence.paletteUsed)} of the real palette; the entropy of its hues is ${formatNumber(emergence.hueEntropy)} bits, of the real ones ${formatNumber(emergence.realHueEntropy)}.`,
    ],
  };
}

/** Several runs: a row for each that measured colors, a column for every color; null where none did. */
export function emergenceComparison(
  runs: readonly ReportRun[],
  names: readonly string[],
): EmergenceTable | null {
  const rows = runs.flatMap((data, position) => {
    const emergence = emergenceOf(data);
    if (emergence === null) return [];
    const members = new Map(emergence.families.map((member) => [member.family, member]));
    const cells = hueFamilies.map((family) => {
      const member = members.get(family);
      return member === undefined ? "–" : learned(member);
    });
    return [[names[position]!, ...cells, formatShare(emergence.paletteUsed), `epoch ${emergence.epoch}`]];
  });
  if (rows.length === 0) return null;
  return {
    columns: ["run", ...hueFamilies.map(familyName), "palette used", "looked at until"],
    rows,
    notes: ["The first epoch from which on the output has at least half of a color's real share."],
  };
}

function learned({ judged, since }: FamilyEmergence): string {
  if (!judged) return "too rare to say";
  return since === null ? "not yet" : `epoch ${since}`;
}
