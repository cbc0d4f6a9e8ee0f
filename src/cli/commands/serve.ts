// hueristic serve: the pages of the report over the store, while runs are under way, and one that colors photographs.

import { UserError } from "../../errors.ts";
import type { Command, GlobalOptions } from "../context.ts";
import { requireWhole } from "../target/whole-option.ts";

type ServeOptions = GlobalOptions & { readonly port: number | undefined; readonly host: string };

export const serveCommand: Command<ServeOptions> = {
  command: "serve",
  summary:
    "The pages of the report in a browser, live while runs are under way; and one that colors photographs",
  options: (yargs) =>
    yargs
      .option("port", {
        type: "number",
        requiresArg: true,
        defaultDescription: "4321, or the next free one",
        describe: "Port to listen on; 0 takes any free one",
      })
      .option("host", {
        type: "string",
        default: "127.0.0.1",
        requiresArg: true,
        describe: "Address to listen on; any but this machine's own lets others read the runs",
      })
      .example("$0 serve", "All runs, at http://127.0.0.1:4321/")
      .example("$0 serve --port 8080 --runs /data/runs", "Another port, another folder"),

  async run({ runs, port, host, debug }, { output, print, reportError }) {
    if (port !== undefined) requireWhole("--port", port, 0, 65_535);
    if (host === "") throw new UserError('--host: expected an address, got ""');
    const { startServer } = await import("../../serve/start-server.ts");
    const { createColorist } = await import("../coloring/colorist.ts");
    const { isLoopback } = await import("../../serve/headers.ts");
    const { untilInterrupted } = await import("../../runner/interrupt.ts");
    const onError = (thrown: unknown) => void reportError(thrown, debug);
    const colorist = createColorist(runs);
    const server = await startServer(runs, {
      host,
      port: port ?? null,
      colorist,
      warn: output.warn,
      onError,
    });
    print(`${server.url}\n`);
    output.info(`showing the runs in ${runs}; Ctrl-C ends it`);
    if (!isLoopback(host))
      output.warn("everyone who can reach this address can read the runs; photographs are not colored here");
    return untilInterrupted(async (signal) => {
      try {
        await new Promise((_, reject) =>
          signal.addEventListener("abort", () => reject(signal.reason), { once: true }),
        );
      } finally {
        await server.close();
      }
    });
  },
};
