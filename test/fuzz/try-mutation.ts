// One mutation: made, read, and judged by what every reader promises.

import { UserError } from "../../src/errors.ts";
import { randomStream } from "../../src/random.ts";
import { mutated } from "./mutate.ts";
import type { Original, Reading, Target } from "./target.ts";

export type Outcome = "loaded" | "refused" | { readonly finding: string };

export type Mutation = { readonly original: Original; readonly content: Buffer };

const mostSeconds = 2;
const mostGrowth = 300 * 2 ** 20;
const longestLine = 2000;

/** Mutation `index` of a kind: the same for the same seed. */
export function mutationOf(target: Target, kind: string, seed: number, index: number): Mutation {
  const random = randomStream("fuzz", seed, kind, index);
  const original = target.originals[random.below(target.originals.length)]!;
  const content = mutated(original.content, random);
  const isRepaired = target.repaired !== undefined && random.below(2) === 0;
  return { original, content: isRepaired ? target.repaired!(original, content) : content };
}

export async function tryMutation(target: Target, { original, content }: Mutation): Promise<Outcome> {
  const before = costSoFar();
  const outcome = await readAndJudge(target, original, content);
  const after = costSoFar();
  if (typeof outcome === "object") return outcome;
  const seconds = after.seconds - before.seconds;
  if (seconds > mostSeconds) return { finding: `took ${seconds.toFixed(1)} s of processor time` };
  const growth = after.peakBytes - before.peakBytes;
  if (growth > mostGrowth) return { finding: `took ${Math.round(growth / 2 ** 20)} MiB more memory` };
  return outcome;
}

async function readAndJudge(target: Target, original: Original, content: Buffer): Promise<Outcome> {
  let reading: Reading;
  try {
    reading = await target.read(original, content);
  } catch (thrown) {
    if (!(thrown instanceof UserError))
      return { finding: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown) };
    reading = { refused: thrown.message };
  }
  const pollution = pollutionFound();
  if (pollution !== null) return { finding: pollution };
  if (reading === "loaded") return "loaded";
  const fault = faultOfMessage(reading.refused, target.mostLines ?? 1);
  return fault === null ? "refused" : { finding: `${fault}: ${JSON.stringify(reading.refused)}` };
}

function faultOfMessage(message: string, mostLines: number): string | null {
  const lines = message.split("\n");
  if (message.trim() === "") return "an empty message";
  if (lines.length > mostLines) return `a message of ${lines.length} lines`;
  if (lines.some((line) => line.length > longestLine)) return "a line that nobody reads to its end";
  if (lines.some((line) => /^\s+at .*:\d+:\d+/.test(line))) return "a stack in the message";
  if (lines.some((line) => /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u.test(line)))
    return "control characters in the message";
  return null;
}

const prototypes = { Object: Object.prototype, Array: Array.prototype, Function: Function.prototype };
const ownKeys = Object.entries(prototypes).map(([name, prototype]) => ({
  name,
  prototype: prototype as object,
  keys: new Set(Reflect.ownKeys(prototype)),
}));

/** What stands on a prototype that did not before; it is removed. */
function pollutionFound(): string | null {
  for (const { name, prototype, keys } of ownKeys)
    for (const key of Reflect.ownKeys(prototype))
      if (!keys.has(key)) {
        Reflect.deleteProperty(prototype, key);
        return `${name}.prototype has ${String(key)}`;
      }
  return null;
}

function costSoFar() {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  return { seconds: (userCPUTime + systemCPUTime) / 1e6, peakBytes: maxRSS * 1024 };
}
