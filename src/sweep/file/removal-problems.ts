// What `~key` of the command line cannot take away: nothing may be asked for that has no effect.

import { withoutKey } from "../../experiment/text/compose.ts";
import type { Located, Place, Problem } from "../../experiment/text/located.ts";
import type { SweepOverrides } from "../overrides.ts";
import type { WrittenSweep } from "./sweep-schema.ts";

/** `experiment` is what the base's files say, before the sweep lays its parameters over it. */
export function removalProblems(
  { removed, folder }: SweepOverrides,
  experiment: Located,
  written: WrittenSweep | null,
): Problem[] {
  let left: Located = experiment;
  return removed.flatMap((name) => {
    const place: Place = { file: "command line", folder, line: null };
    const isSet =
      written !== null && (Object.hasOwn(written.parameters, name) || (name === "seed" && written.seeds));
    if (isSet) return [{ place, path: [name], text: "expected no ~: it is a parameter of the sweep" }];
    const below = withoutKey(left, name.split("."));
    if (below === null)
      return [
        {
          place,
          path: [name],
          text: "expected a key that the experiment's file has, got ~, which has no effect",
        },
      ];
    left = below;
    return [];
  });
}
