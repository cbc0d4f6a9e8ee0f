// All kinds of files that are fuzzed. `share` says how much of all mutations: dear ones get less.

import type { MakeTarget } from "./target.ts";

type Kind = { readonly share: number; load(): Promise<{ readonly makeTarget: MakeTarget }> };

export const kinds = {
  yaml: { share: 0.4, load: () => import("./targets/yaml.ts") },
  safetensors: { share: 0.15, load: () => import("./targets/safetensors.ts") },
  cache: { share: 0.1, load: () => import("./targets/cache.ts") },
  coco: { share: 0.08, load: () => import("./targets/coco.ts") },
  celeba: { share: 0.08, load: () => import("./targets/celeba.ts") },
  pth: { share: 0.06, load: () => import("./targets/pth.ts") },
  cifar: { share: 0.04, load: () => import("./targets/cifar.ts") },
  image: { share: 0.04, load: () => import("./targets/image.ts") },
  spool: { share: 0.01, load: () => import("./targets/spool.ts") },
  tar: { share: 0.04, load: () => import("./targets/tar.ts") },
} as const satisfies Readonly<Record<string, Kind>>;

export type KindName = keyof typeof kinds;

export const kindNames = Object.keys(kinds) as KindName[];
