// Hydra's overrides as a grid: `train.optimizer.name=adam,sgd train.batch_size=16,32`.

import {
  type Located,
  type LocatedMapping,
  located,
  type Place,
  type Problem,
} from "../experiment/text/located.ts";
import { readOverride } from "../experiment/text/overrides/read-override.ts";
import type { Json } from "./sweep.ts";

export type SweepOverrides = {
  /** Name -> values, as of a sweep file of method grid. Of two that set the same key, the later one counts. */
  readonly parameters: ReadonlyMap<string, readonly Json[]>;
  readonly removed: readonly string[];
  /** Where relative paths in values begin. */
  readonly folder: string;
  readonly problems: readonly Problem[];
};

const place = (folder: string): Place => ({ file: "command line", folder, line: null });

/** `folder` is where relative paths in values begin. */
export function readSweepOverrides(args: readonly string[], folder: string): SweepOverrides {
  const parameters = new Map<string, readonly Json[]>();
  const removed: string[] = [];
  const problems: Problem[] = [];
  for (const override of args.map(readOverride)) {
    const name = override.path.join(".");
    if (override.kind === "set") parameters.set(name, [override.value]);
    else if (override.kind === "sweep") parameters.set(name, override.values);
    else if (override.kind === "remove") removed.push(name);
    else problems.push({ place: place(folder), path: override.path, text: override.text });
  }
  return { parameters, removed, folder, problems };
}

/** The parameters of a sweep file with those of the command line in their place; `seed=1,2,3` is its `seeds`. */
export function withOverrides(root: LocatedMapping, { parameters, folder }: SweepOverrides): LocatedMapping {
  const entries = new Map(root.entries);
  const given = root.entries.get("parameters");
  const changed = new Map<string, Located>(given?.type === "mapping" ? given.entries : []);
  for (const [name, values] of parameters) {
    const written =
      values.length === 1
        ? { distribution: "constant", value: values[0] }
        : { distribution: "categorical", values };
    if (name === "seed" && !changed.has("seed")) entries.set("seeds", located(values, place(folder)));
    else changed.set(name, located(written, place(folder)));
  }
  if (given?.type === "mapping") entries.set("parameters", { ...given, entries: changed });
  return { ...root, entries };
}
