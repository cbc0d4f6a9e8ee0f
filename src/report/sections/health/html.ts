import { chartsSection } from "../curves/html.ts";
import { singleRunPanels } from "../curves/model.ts";

export const health = chartsSection("health", "Health of the GAN", ({ runs }) => ({
  panels: runs[0] ? singleRunPanels(runs[0]).gan : [],
  note: "A score near 0.5 is a fair game; a discriminator near 1 has won, and the generator learns little from it.",
}));
