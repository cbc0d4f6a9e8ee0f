// hueristic judge: a page on which people judge pictures, and their answers back into the store.

import { UserError } from "../../errors.ts";
import type { StudyQuestion } from "../../store/study-rows.ts";
import type { Command, GlobalOptions } from "../context.ts";
import { deviceDescription } from "../target/device-option.ts";

export type JudgeCommandOptions = GlobalOptions & {
  readonly run: readonly string[] | undefined;
  readonly on: string;
  readonly ask: StudyQuestion;
  readonly out: string;
  readonly pairs: number;
  readonly seconds: number | undefined;
  readonly seed: number;
  readonly device: string | undefined;
  readonly collect: readonly string[] | undefined;
};

export const judgeCommand: Command<JudgeCommandOptions> = {
  command: "judge [run..]",
  summary: "A page on which people judge colorings; their answers into the store",
  lists: ["collect"],
  options: (yargs) =>
    yargs
      .positional("run", {
        type: "string",
        array: true,
        describe: "Run, with @epoch or @best for another checkpoint than its last; a tag, file or sweep",
      })
      .option("ask", {
        choices: ["real", "better"] as const,
        default: "real" as const,
        requiresArg: true,
        describe: "real: which one is colored? better: which of two runs looks more natural?",
      })
      .option("on", {
        type: "string",
        default: "unseen",
        requiresArg: true,
        describe: "unseen, a set under evaluate:, a folder of images, an experiment file or a run",
      })
      .option("out", { type: "string", default: "study.html", requiresArg: true, describe: "Page to write" })
      .option("pairs", {
        type: "number",
        default: 40,
        requiresArg: true,
        describe: "Pairs that a person judges, a tenth of them controls",
      })
      .option("seconds", {
        type: "number",
        requiresArg: true,
        defaultDescription: "1 for real, until answered for better",
        describe: "How long a pair is shown; 0 is until it is answered",
      })
      .option("seed", { type: "number", default: 1, requiresArg: true, describe: "Chooses images and sides" })
      .option("device", { type: "string", requiresArg: true, describe: deviceDescription })
      .option("collect", {
        type: "string",
        array: true,
        requiresArg: true,
        describe: "Files of answers that people sent back",
      })
      .example("$0 judge faces --on portraits --out study.html", "Real or colored?")
      .example("$0 judge faces scenes@best --ask better --on portraits", "Which of two looks more natural?")
      .example("$0 judge --collect answers/*.json", "What people answered, into the store"),

  async run(options, context) {
    const refs = options.run ?? [];
    const { collect } = options;
    if (collect !== undefined) {
      if (refs.length > 0)
        throw new UserError("judge: --collect: expected no runs with it, only files of answers");
      const { collectAnswers } = await import("../target/collect-answers.ts");
      return collectAnswers(collect, options, context);
    }
    if (refs.length === 0)
      throw new UserError("judge: expected a run (hueristic list shows them), or --collect");
    const { writeStudy } = await import("../target/write-study.ts");
    return writeStudy(refs, options, context);
  },
};
