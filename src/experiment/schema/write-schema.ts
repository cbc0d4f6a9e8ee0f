// Writes experiments/schema.json: `npm run schema`.

import { writeFileSync } from "node:fs";
import { jsonSchemaText } from "./json-schema.ts";

writeFileSync(new URL("../../../experiments/schema.json", import.meta.url), jsonSchemaText());
