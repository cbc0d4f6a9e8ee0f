import { chartsSection } from "../curves/html.ts";

export const system = chartsSection("system", "System", ({ run }) => `${run.device}, ${run.provenance.cpu}.`);
