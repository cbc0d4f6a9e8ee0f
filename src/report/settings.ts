import { experimentToYaml } from "../experiment/text/experiment-to-yaml.ts";

export * from "../experiment/flat-settings.ts";
export { experimentToYaml as experimentYaml };
