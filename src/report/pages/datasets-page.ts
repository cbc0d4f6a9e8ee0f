// What the images that a network is trained on teach it: trained on, against tested on.

import { plural } from "../../runs/format/words.ts";
import { leadHtml } from "../elements.ts";
import { about } from "../sections/about/html.ts";
import { curves } from "../sections/curves/html.ts";
import { differences } from "../sections/differences/html.ts";
import { judged } from "../sections/judged/html.ts";
import { matrix } from "../sections/matrix/html.ts";
import { transferMatrix } from "../sections/matrix/model.ts";
import { samples } from "../sections/samples/html.ts";
import { table } from "../sections/table/html.ts";
import { timelines } from "../sections/timelines/html.ts";
import type { Page } from "./page.ts";

export const datasetsPage: Page = {
  kind: "datasets",
  heading({ runs }) {
    const { trainedOn, testedOn } = transferMatrix(runs);
    return {
      title: `${plural(trainedOn.length, "training set")} compared`,
      lead: leadHtml(
        `${plural(runs.length, "run")}, trained on ${plural(trainedOn.length, "data set")} and tested on ${plural(testedOn.length, "set")} of unseen images.`,
      ),
    };
  },
  sections: () => [matrix(), differences(), timelines(), samples(), judged(), curves(), table(), about()],
};
