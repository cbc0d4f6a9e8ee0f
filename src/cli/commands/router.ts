// hueristic router: specialists and the classifier that chooses among them. A new command of it is an import and a line.

import { type AddCommand, commandGroup } from "../command-group.ts";
import { routerBuildCommand } from "./router-build.ts";
import { routerReportCommand } from "./router-report.ts";

export const routerCommand = (add: AddCommand) =>
  commandGroup(add, {
    name: "router",
    summary: "Specialists, and the classifier that chooses among them",
    examples: [
      [
        "$0 router build experiments/routers/specialists.yaml",
        "Try its networks out and store what they say",
      ],
      ["$0 colorize ~/Scans --router specialists --out colored", "Use it"],
    ],
    addAll(add) {
      add(routerBuildCommand);
      add(routerReportCommand);
    },
  });
