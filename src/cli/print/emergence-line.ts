// What a run has learned of colors, in one line: "skin/brown at epoch 5, blue at 15; not yet yellow".

import { familyName } from "../../color/hue-families.ts";
import type { Emergence, FamilyEmergence } from "../../store/read-emergence.ts";

export function emergenceLine({ families, images, epoch }: Emergence): string {
  const list = (members: readonly FamilyEmergence[]) =>
    members.map(({ family }) => familyName(family)).join(", ");
  const emerged = families.filter(({ since }) => since !== null).sort((a, b) => a.since! - b.since!);
  const missing = families.filter(({ judged, since }) => judged && since === null);
  const rare = families.filter(({ judged }) => !judged);
  const parts = [
    emerged.length === 0
      ? "none"
      : emerged
          .map(
            ({ family, since }, index) => `${familyName(family)} at ${index === 0 ? "epoch " : ""}${since}`,
          )
          .join(", "),
    missing.length > 0 && `not yet ${list(missing)}`,
    rare.length > 0 && `hardly any real ${list(rare)}`,
  ].filter((part) => part !== false);
  return `${parts.join("; ")} (epoch ${epoch}, ${images} unseen ${images === 1 ? "image" : "images"})`;
}
