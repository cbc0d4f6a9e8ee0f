import { isEmbedded } from "../../models/models.ts";
import type { Store } from "../../store/open-store.ts";
import type { RunRow } from "../../store/rows.ts";

/** The runs that tell networks what pictures show: through them networks remember the images that those were trained on. */
export function tellersOf(runs: readonly RunRow[], store: Store): RunRow[] {
  return runs.flatMap(({ experiment: { model } }) =>
    isEmbedded(model) && model.classifier.kind === "trained" ? [store.getRun(model.classifier.run)] : [],
  );
}
