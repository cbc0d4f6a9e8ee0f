import { chartsSection } from "../curves/html.ts";
import { singleRunPanels } from "../curves/model.ts";

export const system = chartsSection("system", "System", ({ runs: [first] }) => ({
  panels: first ? singleRunPanels(first).system : [],
  note: first ? `${first.run.device}, ${first.run.provenance.cpu}.` : "",
}));
