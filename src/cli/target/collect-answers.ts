// The work of `hueristic judge --collect`: every file whole or not at all, and the others all the same.

import { readFile, stat } from "node:fs/promises";
import { messageOf, UserError } from "../../errors.ts";
import { mostAnswersBytes } from "../../judge/read-answers.ts";
import { takeAnswers } from "../../judge/take-answers.ts";
import { plural, shorten } from "../../runs/format/words.ts";
import type { Store } from "../../store/open-store.ts";
import { type Context, type GlobalOptions, runsFlag } from "../context.ts";
import { plainText } from "../print/format.ts";
import { openExisting } from "./existing-store.ts";

export async function collectAnswers(
  files: readonly string[],
  { runs, debug }: GlobalOptions,
  { output, print, reportError }: Context,
): Promise<number> {
  const store = await openExisting(runs, { readonly: false }, output);
  try {
    const studies = new Set<string>();
    let [added, known, refused] = [0, 0, 0];
    for (const file of files) {
      try {
        const { study, given, isNew, leftOut } = takeAnswers(await textOf(file), file, store);
        studies.add(study);
        if (leftOut > 0)
          output.info(
            `${file}: ${plural(leftOut, "answer")} of ${given} left out, about pairs of a network that was purged`,
          );
        if (isNew) added++;
        else {
          known++;
          output.info(`${file}: collected before`);
        }
      } catch (thrown) {
        if (!(thrown instanceof UserError)) throw thrown;
        refused++;
        // It may quote the file, which others wrote.
        reportError(new UserError(plainText(shorten(thrown.message, 300))), debug);
      }
    }
    for (const id of studies) print(`${studyLine(store, id)}${runsFlag(runs)}\n`);
    output.info(
      [
        `${plural(added, "judge")} collected`,
        known > 0 && `${known} collected before`,
        refused > 0 && `${plural(refused, "file")} refused`,
      ]
        .filter(Boolean)
        .join("; "),
    );
    return refused > 0 ? 2 : 0;
  } finally {
    store.close();
  }
}

async function textOf(file: string): Promise<string> {
  try {
    const { size } = await stat(file);
    if (size <= mostAnswersBytes) return await readFile(file, "utf8");
  } catch (thrown) {
    throw new UserError(`${file}: cannot be read: ${messageOf(thrown)}`);
  }
  throw new UserError(`${file}: expected the answers of one person, got a file of more than 1 MB`);
}

/** Such as "study k3v9x2mp (unseen): 2 judges (Ada, x7f2); what they found: hueristic report a1b2c3d4". */
function studyLine(store: Store, id: string): string {
  const { set, networks } = store.study(id)!;
  const runs = [...new Set(networks.map(({ runId }) => runId))].join(" ");
  const names = store.judges(id).map(({ id, name }) => plainText(name) || id);
  return `study ${id} (${set}): ${plural(names.length, "judge")} (${names.join(", ")}); what they found: hueristic report ${runs}`;
}
