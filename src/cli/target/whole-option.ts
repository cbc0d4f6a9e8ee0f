// Options that are whole numbers.

import { UserError } from "../../errors.ts";

/** Throws UserError unless `value` is a whole number of the range. `option` is what messages begin with. */
export function requireWhole(
  option: string,
  value: number,
  least: number,
  most = Number.POSITIVE_INFINITY,
): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  const range = most === Number.POSITIVE_INFINITY ? `from ${least} on` : `from ${least} to ${most}`;
  throw new UserError(`${option}: expected a whole number ${range}, got ${value}`);
}
