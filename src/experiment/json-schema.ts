// The JSON Schema that editors read. It knows less than the program: a file that extends another one may leave
// out anything, so nothing is required, and shorthands such as `model: beta` are added.

import { z } from "zod";
import { schema, variants } from "./schema.ts";

type JsonSchema = Record<string, unknown>;

export function experimentJsonSchema(): JsonSchema {
  const json = z.toJSONSchema(schema, {
    io: "input",
    override: ({ jsonSchema }) => {
      const node = jsonSchema as JsonSchema;
      if (node.maximum === Number.MAX_SAFE_INTEGER) delete node.maximum;
      if (node.oneOf) {
        node.anyOf = node.oneOf;
        delete node.oneOf;
      }
    },
  }) as JsonSchema;
  const properties = json.properties as Record<string, JsonSchema>;
  for (const { path, key } of variants) addShorthand(properties, path, key);
  dropRequired(json);
  return {
    $schema: json.$schema,
    title: "Hueristic experiment",
    description: "Generated from src/experiment/schema.ts by `npm run schema`.",
    ...json,
    properties: { extends: extendsSchema, ...properties },
  };
}

const extendsSchema: JsonSchema = {
  description: "File, or list of files, that this one is laid over; paths start at this file's folder.",
  anyOf: [{ type: "string" }, { type: "array", items: { type: "string" } }],
};

function addShorthand(properties: Record<string, JsonSchema>, path: readonly string[], key: string): void {
  const [name, ...rest] = path;
  const section = properties[name!]!;
  if (rest.length > 0) {
    addShorthand(section.properties as Record<string, JsonSchema>, rest, key);
    return;
  }
  const options = section.anyOf as { properties: Record<string, { const: string }>; required: string[] }[];
  const short = options.filter(({ required }) => required.every((needed) => needed === key));
  section.anyOf = [{ enum: short.map((option) => option.properties[key]!.const) }, ...options];
}

function dropRequired(node: unknown): void {
  if (typeof node !== "object" || node === null) return;
  if ("required" in node && Array.isArray(node.required)) delete (node as JsonSchema).required;
  for (const inner of Object.values(node)) dropRequired(inner);
}

/** The text of experiments/schema.json. */
export function jsonSchemaText(): string {
  return `${JSON.stringify(experimentJsonSchema(), null, 2)}\n`;
}
