// hueristic router report: how good a router is, against each of its specialists, the one network of all classes and the best
// choice that anyone could make.

import { UserError } from "../../errors.ts";
import { type Command, type GlobalOptions, toJson } from "../context.ts";
import { deviceDescription, readDevice } from "../target/device-option.ts";

type ReportOptions = GlobalOptions & {
  readonly router: string | undefined;
  readonly out: string;
  readonly device: string | undefined;
  readonly json: boolean;
};

export const routerReportCommand: Command<ReportOptions> = {
  command: "report [router]",
  summary: "Measure a router on images that nothing was set with, as one page",
  options: (yargs) =>
    yargs
      .positional("router", { type: "string", describe: "Name of a router that was built, or its file" })
      .option("out", { type: "string", default: "router.html", requiresArg: true, describe: "Page to write" })
      .option("device", { type: "string", requiresArg: true, describe: deviceDescription })
      .option("json", { type: "boolean", default: false, describe: "Print all numbers, write no page" })
      .example("$0 router report specialists --out router.html", "One page"),

  async run({ router: ref, runs, json, out, ...options }, { output, print, now }) {
    if (ref === undefined)
      throw new UserError("router report: expected a router that was built, or its file");
    const device = readDevice("router report", options.device);
    const { findRouter } = await import("../target/find-router.ts");
    const { measureRouter } = await import("../../router/measure-router.ts");
    const { completeExperiment } = await import("../../experiment/complete-experiment.ts");
    const { untilInterrupted } = await import("../../runner/interrupt.ts");
    const { openExisting } = await import("../target/existing-store.ts");
    const router = findRouter(runs, ref);
    const { metrics } = completeExperiment({ dataset: "synthetic" }, "router report");
    const store = await openExisting(runs, { readonly: true }, output);
    try {
      return await untilInterrupted(async (signal) => {
        const measured = await measureRouter(router, { store, device, output, signal, metrics });
        if (json) {
          const { routerJson } = await import("../print/router-json.ts");
          print(toJson(routerJson(measured)));
          return;
        }
        const { writeRouterPage } = await import("../target/router-page.ts");
        await writeRouterPage(out, measured, now());
        output.info(`router ${router.name}: ${out}`);
      });
    } finally {
      store.close();
    }
  },
};
