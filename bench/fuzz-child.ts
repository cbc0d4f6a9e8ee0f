// Tries the mutations of one kind, one after the other, and tells bench/fuzz.ts of each.

import { kinds } from "../test/fuzz/targets.ts";
import { mutationOf, tryMutation } from "../test/fuzz/try-mutation.ts";
import { type FuzzMessage, type FuzzRange, keepFinding } from "./fuzz-findings.ts";

const { name, seed, from, count, folder, inputs } = JSON.parse(process.argv[2]!) as FuzzRange;
const tell = (message: FuzzMessage) => process.send!(message);

const target = await (await kinds[name].load()).makeTarget(folder);
for (let index = from; index < count; index++) {
  const mutation = mutationOf(target, name, seed, index);
  // What is thrown where nobody waits for it belongs to the mutation under way.
  let stray: string | null = null;
  const keep = (error: Error) => {
    stray = error.stack ?? error.message;
  };
  process.on("uncaughtException", keep);
  const before = process.cpuUsage();
  const outcome = await tryMutation(target, mutation);
  await new Promise(setImmediate);
  process.off("uncaughtException", keep);
  const { user, system } = process.cpuUsage(before);
  const why = stray ?? (typeof outcome === "object" ? outcome.finding : null);
  if (why !== null) keepFinding(inputs, { name, seed, index, why }, mutation);
  tell({
    outcome: why !== null || typeof outcome === "object" ? "findings" : outcome,
    processorMs: (user + system) / 1000,
  });
}
process.disconnect();
