// Writes what is made from the definitions of files: `npm run schema`.

import { writeFileSync } from "node:fs";
import { jsonSchemaText } from "../src/experiment/schema/json-schema.ts";
import { referenceText } from "./reference.ts";

writeFileSync(new URL("../experiments/schema.json", import.meta.url), jsonSchemaText());
writeFileSync(new URL("../docs/reference.md", import.meta.url), referenceText());
