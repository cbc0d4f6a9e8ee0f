// The command line. Commands load what they need when they run, so that `--help` and `list` never pay for an engine.
// Exit codes: 0; 1 for a bug and for a failed run; 2 for what the user can mend; 130, 143 and 129 for a stopped run.

import yargs, { type Argv } from "yargs";
import { agentCommand } from "./cli/commands/agent.ts";
import { colorizeCommand } from "./cli/commands/colorize.ts";
import { compareCommand } from "./cli/commands/compare.ts";
import { dataCommand } from "./cli/commands/data.ts";
import { deleteCommand, restoreCommand } from "./cli/commands/delete.ts";
import { doctorCommand } from "./cli/commands/doctor.ts";
import { evaluateCommand } from "./cli/commands/evaluate.ts";
import { exportCommand } from "./cli/commands/export.ts";
import { importCommand } from "./cli/commands/import.ts";
import { initCommand } from "./cli/commands/init.ts";
import { judgeCommand } from "./cli/commands/judge.ts";
import { listCommand } from "./cli/commands/list.ts";
import { modelsCommand } from "./cli/commands/models.ts";
import { noteCommand } from "./cli/commands/note.ts";
import { packCommand } from "./cli/commands/pack.ts";
import { purgeCommand } from "./cli/commands/purge.ts";
import { reportCommand } from "./cli/commands/report.ts";
import { rescueCommand } from "./cli/commands/rescue.ts";
import { routerCommand } from "./cli/commands/router.ts";
import { runCommand } from "./cli/commands/run.ts";
import { serveCommand } from "./cli/commands/serve.ts";
import { showCommand } from "./cli/commands/show.ts";
import { sqlCommand } from "./cli/commands/sql.ts";
import { sweepCommand } from "./cli/commands/sweep.ts";
import { tagCommand } from "./cli/commands/tag.ts";
import type { Command, Context, GlobalOptions } from "./cli/context.ts";
import { defaultRunsFolder, standardInput } from "./cli/context.ts";
import { printError } from "./cli/print/print-error.ts";
import { writeAll } from "./cli/print/write-all.ts";
import { usageError } from "./cli/usage-error.ts";
import { UserError } from "./errors.ts";
import { colorsOf, terminalOutput } from "./output.ts";
import { ownVersion } from "./runner/provenance.ts";

type Streams = { readonly stdout: NodeJS.WriteStream; readonly stderr: NodeJS.WriteStream };

/** Does what the arguments say and gives the exit code. */
export async function main(argv: readonly string[], streams: Streams = process): Promise<number> {
  const { stdout, stderr } = streams;
  survivePipes(streams);
  const context: Context = {
    output: terminalOutput(stderr),
    print: (text) => stdout.write(text),
    printAll: (pieces) => writeAll(stdout, pieces),
    colors: colorsOf(stdout),
    width: stdout.isTTY ? stdout.columns : null,
    now: Date.now,
    reportError: (thrown, debug) => printError(thrown, debug, stderr),
  };
  let exitCode = 0;
  try {
    await createParser(argv, context, async (run) => {
      exitCode = await run();
    }).parseAsync();
    return exitCode;
  } catch (thrown) {
    return context.reportError(thrown, argv.includes("--debug"));
  }
}

/** A reader who has gone, as in `hueristic list | head -1`, is no error of anyone, and no reason to stop a training. */
function survivePipes({ stdout, stderr }: Streams): void {
  stderr.on("error", () => {});
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE" || (error.code === "EIO" && stdout.isTTY)) return;
    printError(new UserError(`standard output: ${error.message}`), false, stderr);
    process.once("exit", () => {
      process.exitCode ||= 2;
    });
  });
}

/** `act` is handed what the arguments ask for once they are understood; it throws a UserError where they are not. */
export function createParser(
  argv: readonly string[],
  context: Context,
  act: (run: () => Promise<number>) => Promise<void>,
) {
  const parser = yargs(argv.map((word) => (word === "-" && argv.includes("colorize") ? standardInput : word)))
    .scriptName("hueristic")
    .usage("$0 <command>\n\nTrains networks that color grey images, and shows how well they do.")
    .option("runs", {
      type: "string",
      default: process.env.HUERISTIC_RUNS || defaultRunsFolder,
      defaultDescription: process.env.HUERISTIC_RUNS
        ? undefined!
        : `"${defaultRunsFolder}", or HUERISTIC_RUNS`,
      describe: "Folder of the runs",
      requiresArg: true,
    })
    .option("debug", { type: "boolean", default: false, describe: "Show the stack of every error" })
    .parserConfiguration({
      "dot-notation": false,
      "parse-positional-numbers": false,
    });

  const commands: string[] = [];
  function add<Options>(
    { command, summary, lists = [], options, run }: Command<Options>,
    to: Argv<GlobalOptions> = parser,
  ): void {
    if (to === parser) commands.push(command.split(" ")[0]!);
    to.command(
      command,
      summary,
      (inner) => options(inner as never),
      async (parsed) => {
        const given = lastOfEach(parsed, command, lists) as Options & GlobalOptions;
        requireNumbers(given, argv);
        if (given.runs === "") throw new UserError('--runs: expected a folder, got ""');
        await act(() => run(given, context));
      },
    );
  }
  add(initCommand);
  add(runCommand);
  add(sweepCommand);
  add(agentCommand);
  add(reportCommand);
  add(serveCommand);
  add(listCommand);
  add(showCommand);
  add(compareCommand);
  add(sqlCommand);
  add(tagCommand);
  add(noteCommand);
  add(deleteCommand);
  add(restoreCommand);
  add(purgeCommand);
  add(rescueCommand);
  add(evaluateCommand);
  add(colorizeCommand);
  add(routerCommand(add));
  add(exportCommand);
  add(importCommand);
  add(packCommand);
  add(judgeCommand);
  add(dataCommand(add));
  add(modelsCommand(add));
  add(doctorCommand);
  add<GlobalOptions>({
    command: "completion",
    summary: "Script that completes commands and options in bash or zsh",
    options: (inner) => inner.example("$0 completion >> ~/.bashrc", "From the next shell on"),
    async run() {
      // Its types lack the arguments: the program's name, not its path, and the command that printed the script.
      const { showCompletionScript } = parser as {
        showCompletionScript(name: string, command: string): unknown;
      };
      showCompletionScript.call(parser, "hueristic", "completion");
      return 0;
    },
  });

  return parser
    .example("$0 run experiments/demo.yaml --report", "Train, then write the report")
    .example("$0 list", "See all runs")
    .example("$0 report latest --out report.html", "One page about the newest run")
    .demandCommand(1, "expected a command")
    .strict()
    .help()
    .alias("help", "h")
    .version(ownVersion())
    .wrap(Math.min(100, process.stdout.columns ?? 100))
    .showHelpOnFail(false)
    .exitProcess(false)
    .fail((message: string | null, error: Error | undefined, usage) => {
      // An error without a message comes out of a command; the other way round it is a usage error.
      if (error !== undefined && error.name !== "YError" && !message) throw error;
      // yargs hands in its usage object, though its types say that it is the parser.
      const { getDescriptions } = usage as unknown as { getDescriptions(): Record<string, unknown> };
      const options = Object.keys(getDescriptions()).filter((name) => !name.startsWith("$"));
      throw usageError(message ?? error!.message, argv, { commands, options });
    });
}

/** yargs hands on what is no number as NaN. */
function requireNumbers(given: object, argv: readonly string[]): void {
  const [name] = Object.entries(given).find(([, value]) => Number.isNaN(value)) ?? [];
  if (name === undefined) return;
  const at = argv.findLastIndex((word) => word === `--${name}` || word.startsWith(`--${name}=`));
  const word = argv[at]?.includes("=") ? argv[at].slice(name.length + 3) : argv[at + 1];
  throw new UserError(`--${name}: expected a number, got ${JSON.stringify(word ?? "")}`);
}

/** Of an option that is given twice the last one holds; only the lists that a command takes stay some. */
function lastOfEach(
  parsed: Readonly<Record<string, unknown>>,
  command: string,
  lists: readonly string[],
): Record<string, unknown> {
  const list = /[[<](\w+)\.\.[\]>]/.exec(command)?.[1];
  return Object.fromEntries(
    Object.entries(parsed).map(([key, value]) => [
      key,
      Array.isArray(value) && key !== list && key !== "_" && !lists.includes(key) ? value.at(-1) : value,
    ]),
  );
}
