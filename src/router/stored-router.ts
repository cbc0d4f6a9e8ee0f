// A router as it was built: plain JSON in the folder of the runs. It names runs by their ids and checkpoints by step and
// digest, so that nothing changes when a run is trained on.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { messageOf, UserError } from "../errors.ts";
import type { Experiment } from "../experiment/experiment.ts";
import { namesIfReadable } from "../folder-names.ts";
import { nearMiss } from "../near-miss.ts";
import { writeWhole } from "../whole-file.ts";
import type { Calibration } from "./calibration.ts";
import type { RouterFile } from "./router-file.ts";
import type { Threshold } from "./threshold.ts";

/** Raised when an older file can no longer be read as it stands. */
export const routerVersion = 1;

export type RouterNetwork = {
  readonly run: string;
  readonly name: string;
  readonly step: number;
  readonly epoch: number;
  /** SHA-256 of the checkpoint's file. */
  readonly sha256: string;
};

export type Specialist = RouterNetwork & {
  readonly class: string;
  readonly calibration: Calibration;
};

/** What a person wrote: where it is another now, the router that was built is an old one. */
export type WrittenRouter = Pick<RouterFile, "classifier" | "specialists" | "general" | "images" | "sure">;

export type StoredRouter = {
  readonly format: "hueristic router";
  readonly version: typeof routerVersion;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly builtAt: number;
  /** Such as "Hueristic 0.1.0". */
  readonly program: string;
  readonly written: WrittenRouter;
  /** Side of the pictures that all of its networks see, pixels. */
  readonly size: number;
  readonly classifier: RouterNetwork;
  /** In the order of the classifier's labels. */
  readonly specialists: readonly Specialist[];
  readonly general: RouterNetwork | null;
  readonly threshold: Threshold;
  /** What it was measured on. */
  readonly measured: {
    readonly dataset: Experiment["dataset"];
    readonly fingerprint: string;
    readonly description: string;
    /** How many images of each class, in the order of the specialists. */
    readonly images: readonly number[];
    /** How many of these either rule alone would send to the network of their class. */
    readonly rightByClassifier: number;
    readonly rightByDiscriminators: number;
    /** What was left out, one line each. */
    readonly notes: readonly string[];
  };
};

const folderOf = (runsFolder: string) => path.join(runsFolder, "routers");

/** Gives the file that was written. */
export async function saveRouter(runsFolder: string, router: StoredRouter): Promise<string> {
  const file = path.join(folderOf(runsFolder), `${router.name}.json`);
  await writeWhole(file, [Buffer.from(`${JSON.stringify(router, null, 2)}\n`)]);
  return file;
}

/** By its name. Throws UserError. */
export function readRouter(runsFolder: string, name: string): StoredRouter {
  const file = path.join(folderOf(runsFolder), `${name}.json`);
  let stored: unknown;
  try {
    stored = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") throw unknownRouter(runsFolder, name);
    throw new UserError(`${file}: cannot be read: ${messageOf(error)}`);
  }
  const { format, version } = (stored ?? {}) as Partial<StoredRouter>;
  if (format !== "hueristic router") throw new UserError(`${file}: expected a router, got another file`);
  if (version !== routerVersion)
    throw new UserError(
      `${file}: expected a router of version ${routerVersion}, got ${version}; build it anew`,
    );
  return stored as StoredRouter;
}

/** The one that was built from a file as it is now. Throws UserError. */
export function readRouterOfFile(runsFolder: string, { file, name, ...now }: RouterFile): StoredRouter {
  const router = readRouter(runsFolder, name);
  const then = router.written;
  const changed = Object.keys(now).find(
    (key) => !isDeepStrictEqual(now[key as keyof WrittenRouter], then[key as keyof WrittenRouter]),
  );
  if (changed === undefined) return router;
  throw new UserError(`${file}: ${changed} is another than when router ${name} was built; build it anew`);
}

/** SHA-256 of a file, hexadecimal. */
export function digestOf(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

function unknownRouter(runsFolder: string, name: string): UserError {
  const known = routerNames(runsFolder);
  const near = nearMiss(name, known);
  const hint = near === null ? "" : `; did you mean ${near}?`;
  const list = known.length === 0 ? "none was built" : `known: ${known.join(", ")}`;
  return new UserError(
    `router ${JSON.stringify(name)}: not built here${hint} (${list}; hueristic router build <file>)`,
  );
}

function routerNames(runsFolder: string): string[] {
  return namesIfReadable(folderOf(runsFolder))
    .filter((name) => name.endsWith(".json"))
    .map((name) => name.slice(0, -".json".length))
    .sort();
}
