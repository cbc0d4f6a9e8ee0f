// metrics.json as the tests read it: see make_metrics.py.

import { readFileSync } from "node:fs";

type Stored = {
  readonly pairs: readonly (Readonly<Record<string, number>> & {
    readonly real: never;
    readonly shown: never;
  })[];
  readonly sharma: readonly (readonly number[])[];
  readonly frechet: readonly {
    readonly name: string;
    readonly real: readonly (readonly number[])[];
    readonly shown: readonly (readonly number[])[];
    readonly distance: number;
  }[];
};

const stored = JSON.parse(readFileSync(new URL("metrics.json", import.meta.url), "utf8")) as Stored;

export const { sharma, frechet } = stored;

/** Pictures, uint8 [size, size, 3], and the values of every metric by name. */
export const pairs = stored.pairs.map(({ size, real, shown, ...values }) => ({
  size: size!,
  real: new Uint8Array(Buffer.from(real, "base64")),
  shown: new Uint8Array(Buffer.from(shown, "base64")),
  values: values as Readonly<Record<string, number>>,
}));
