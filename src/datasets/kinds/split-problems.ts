// What kinds with official sides have in common.

import type { Combination } from "../../settings/combination.ts";
import { type Path, pathText } from "../../settings/paths.ts";

/** Nothing is held out of images whose sides are given. `said` is what `key` says, null where it gives none. */
export function sidesBesideHoldout(
  key: string,
  said: string | null,
  holdout: number | null,
  at: Path,
): Combination[] {
  if (holdout === null || said === null) return [];
  const text = `expected either ${key} or holdout, got both (${said} and ${holdout})`;
  return [{ path: [...at, key], text }];
}

/** `split: all` leaves nothing for an unseen split. */
export function unseenBesideAll(
  { split, unseen_split }: Pick<Splits, "split" | "unseen_split">,
  at: Path,
): Combination[] {
  if (split !== "all" || unseen_split === null) return [];
  const text = `expected null beside split all, which takes every image, got ${JSON.stringify(unseen_split)}`;
  return [{ path: [...at, "unseen_split"], text }];
}

type Splits = {
  readonly split: string;
  readonly unseen_split: string | null;
  readonly holdout: number | null;
};

/** Of `split` and `unseen_split`. */
export function splitProblems({ split, unseen_split, holdout }: Splits, at: Path): Combination[] {
  const said = unseen_split === null ? null : JSON.stringify(unseen_split);
  const problems = sidesBesideHoldout("unseen_split", said, holdout, at);
  if (unseen_split !== split) return problems;
  const text = `expected another split than ${pathText([...at, "split"])}, got ${said} for both`;
  return [...problems, { path: [...at, "unseen_split"], text }];
}
