// hueristic router build: opens the networks that a file names, tries them on images that none was trained on, and stores
// what the router needs to choose.

import { UserError } from "../../errors.ts";
import type { StoredRouter } from "../../router/stored-router.ts";
import type { ChosenNetwork } from "../../runner/evaluation/choose-checkpoint.ts";
import { formatShare } from "../../runs/format/numbers.ts";
import { type Command, type GlobalOptions, toJson } from "../context.ts";
import { deviceDescription, readDevice } from "../target/device-option.ts";

type BuildOptions = GlobalOptions & {
  readonly file: string | undefined;
  readonly device: string | undefined;
  readonly json: boolean;
};

export const routerBuildCommand: Command<BuildOptions> = {
  command: "build [file]",
  summary: "Try a router's networks on held-out images and store what they say",
  options: (yargs) =>
    yargs
      .positional("file", { type: "string", describe: "Router file (docs/router.md)" })
      .option("device", { type: "string", requiresArg: true, describe: deviceDescription })
      .option("json", { type: "boolean", default: false, describe: "Machine-readable" })
      .example("$0 router build experiments/routers/specialists.yaml", "From the runs that the file names"),

  async run({ file, runs, json, ...options }, { output, print, now }) {
    if (file === undefined) throw new UserError("router build: expected a router file (docs/router.md)");
    const device = readDevice("router build", options.device);
    const { readRouterFile } = await import("../../router/router-file.ts");
    const { buildRouter } = await import("../../router/build-router.ts");
    const { saveRouter } = await import("../../router/stored-router.ts");
    const { untilInterrupted } = await import("../../runner/interrupt.ts");
    const { openExisting } = await import("../target/existing-store.ts");
    const { findNetwork } = await import("../target/find-network.ts");
    const { file: _, name, ...written } = readRouterFile(file);
    const store = await openExisting(runs, { readonly: true }, output);
    try {
      return await untilInterrupted(async (signal) => {
        const specialists = new Map<string, ChosenNetwork>();
        for (const [name, ref] of Object.entries(written.specialists))
          specialists.set(name, await findNetwork(store, ref));
        const plan = {
          name,
          classifier: await findNetwork(store, written.classifier),
          specialists,
          general: written.general === null ? null : await findNetwork(store, written.general),
          written,
        };
        const router = await buildRouter(plan, { store, device, output, signal, now: now() });
        const saved = await saveRouter(store.folder, router);
        print(json ? toJson(router) : textOf(router, saved));
      });
    } finally {
      store.close();
    }
  },
};

function textOf({ name, classifier, specialists, threshold, measured }: StoredRouter, file: string): string {
  const total = measured.images.reduce((a, b) => a + b, 0);
  const { share, sure, rightOfSure, unsure, rightOfUnsure } = threshold;
  const field = (title: string, text: string) => `  ${title.padEnd(13)} ${text}`;
  const lines = [
    `router ${name}: ${file}`,
    field(
      "tried on",
      `${total} images that no network was trained on (${specialists.map(({ class: label }, at) => `${measured.images[at]} ${label}`).join(", ")})`,
    ),
    ...measured.notes.map((note) => field("", note)),
    field(
      "classifier",
      `run ${classifier.run}, epoch ${classifier.epoch}: right for ${measured.rightByClassifier}`,
    ),
    ...specialists.map(({ class: label, run, epoch, calibration }) =>
      field(
        label,
        `run ${run}, epoch ${epoch}; its discriminator finds a photograph more real than a coloring of its own in ${formatShare(calibration.auc)} of pairs`,
      ),
    ),
    field("discriminators", `right for ${measured.rightByDiscriminators}`),
    field(
      "sure",
      `from ${formatShare(share)} on: ${sure} images, ${rightOfSure} of them right; of the other ${unsure} the discriminators have ${rightOfUnsure} right`,
    ),
  ];
  return `${lines.join("\n")}\n`;
}
