// docs/reference.md: every key of experiment, report and sweep files, from the schemas that check them.

import { z } from "zod";
import { experimentJsonSchema } from "../src/experiment/schema/json-schema.ts";
import { sweepSchema } from "../src/sweep/file/sweep-schema.ts";

type Node = {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Node[];
  readonly oneOf?: readonly Node[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly additionalProperties?: Node | boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
};

/** A mapping that one of its keys tells from the others, such as `{kind: beta}`. */
type Variant = { readonly key: string; readonly name: string; readonly node: Node };
type Row = { readonly path: string; readonly node: Node };
type Section = { readonly path: string; readonly variants: readonly Variant[] };

export function referenceText(): string {
  const experiment = experimentJsonSchema() as Node;
  const { report, ...keys } = experiment.properties!;
  const sweep = z.toJSONSchema(sweepSchema, { io: "input", unrepresentable: "any" }) as Node;
  return [
    "# Reference",
    "Every key of an experiment, its `report:` and a sweep. Written by `npm run schema` from the definitions that check the files: edit those. What they are for: [data.md](data.md), [networks.md](networks.md), [metrics.md](metrics.md), [reports.md](reports.md), [sweeps.md](sweeps.md).",
    "## Experiment",
    ...mapping({ properties: keys }, "", 3),
    "## Report",
    `\`report:\` of an experiment, or a file of its own. ${report!.description}`,
    ...mapping(report!, "", 3),
    "## Sweep",
    ...mapping(sweep, "", 3),
  ]
    .join("\n\n")
    .concat("\n");
}

/** A table of the keys, then a section for every key whose value is one of several mappings. */
function mapping(node: Node, path: string, level: number): string[] {
  const [rows, sections]: [Row[], Section[]] = [[], []];
  collect(node, path, rows, sections);
  const table = [
    "| key | value | default | |",
    "|---|---|---|---|",
    ...rows.map(
      ({ path, node }) =>
        `| \`${path}\` | ${cell(valueWords(node))} | ${cell(defaultWords(node))} | ${cell(node.description ?? "")} |`,
    ),
  ].join("\n");
  const below = sections.flatMap(({ path, variants }) =>
    variants.flatMap(({ key, name, node }) => {
      const { [key]: own, ...others } = node.properties!;
      const hasKeys = Object.keys(others).length > 0;
      return [
        `${"#".repeat(level)} \`${path}: {${key}: ${name}}\``,
        ...(own!.description && own!.description !== name ? [own!.description] : []),
        ...(hasKeys ? mapping({ properties: others }, "", level + 1) : []),
      ];
    }),
  );
  return [...(rows.length > 0 ? [table] : []), ...below];
}

function collect(node: Node, path: string, rows: Row[], sections: Section[]): void {
  for (const [name, inner] of Object.entries(node.properties ?? {})) {
    const here = path === "" ? name : `${path}.${name}`;
    const variants = variantsOf(inner);
    if (inner.properties !== undefined) collect(inner, here, rows, sections);
    else rows.push({ path: here, node: inner });
    // What a set under evaluate or a part of a union may be stands under `dataset`.
    if (variants.length > 0 && !isElsewhere(variants, name)) sections.push({ path: here, variants });
  }
}

const isElsewhere = (variants: readonly Variant[], name: string) =>
  (variants.some((variant) => variant.name === "coco") && name !== "dataset") ||
  name === "discriminator_optimizer";

/** The mappings among the values of a key, in a list or a mapping of them too. */
function variantsOf(node: Node): readonly Variant[] {
  const inner = [...(node.anyOf ?? node.oneOf ?? [])];
  if (node.items) inner.push(...(node.items.anyOf ?? node.items.oneOf ?? []));
  if (typeof node.additionalProperties === "object")
    inner.push(...(node.additionalProperties.anyOf ?? node.additionalProperties.oneOf ?? []));
  return inner.flatMap((option) => {
    const [key, own] =
      Object.entries(option.properties ?? {}).find(([, { const: name }]) => name !== undefined) ?? [];
    return key === undefined ? [] : [{ key, name: String(own!.const), node: option }];
  });
}

function valueWords(node: Node): string {
  const variants = variantsOf(node);
  const options = node.anyOf ?? node.oneOf;
  if (options !== undefined) {
    const mappings =
      variants.length > 0 ? [`one of ${variants.map(({ name }) => code(name)).join(", ")}`] : [];
    const others = options
      .filter((option) => !option.properties && !(variants.length > 0 && option.enum))
      .flatMap((option) => valueWords(option) || []);
    return [...new Set([...mappings, ...others])].join(" or ");
  }
  if (node.enum) return node.enum.map((value) => code(String(value))).join(", ");
  if (node.const !== undefined) return code(String(node.const));
  if (node.items)
    return `list of ${variants.length > 0 ? variants.map(({ name }) => code(name)).join(", ") : valueWords(node.items) || "values"}`;
  if (typeof node.additionalProperties === "object")
    return `name → ${valueWords(node.additionalProperties) || "value"}`;
  if (node.properties) return "mapping";
  const types: readonly string[] = typeof node.type === "string" ? [node.type] : (node.type ?? []);
  return types.map((type) => `${typeWords[type] ?? type}${rangeWords(node)}`).join(" or ");
}

const typeWords: Readonly<Record<string, string>> = {
  string: "text",
  integer: "whole number",
  number: "number",
  boolean: "true or false",
  null: "null",
};

function rangeWords({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Node): string {
  const bounds = [
    ...(minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER ? [`from ${minimum}`] : []),
    ...(exclusiveMinimum !== undefined ? [`above ${exclusiveMinimum}`] : []),
    ...(maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? [`to ${maximum}`] : []),
    ...(exclusiveMaximum !== undefined ? [`below ${exclusiveMaximum}`] : []),
  ];
  return bounds.length > 0 ? ` ${bounds.join(" ")}` : "";
}

function defaultWords({ default: value }: Node): string {
  if (value === undefined) return "";
  if (value === "") return '`""`';
  if (typeof value !== "object" || value === null) return code(String(value));
  if (Array.isArray(value))
    return value.length === 0 ? "`[]`" : value.map((each) => shortOf(each)).join(", ");
  return shortOf(value);
}

/** `{name: adam}` as one writes it: adam. */
function shortOf(value: unknown): string {
  if (typeof value !== "object" || value === null) return code(String(value));
  const entries = Object.entries(value);
  return entries.length === 1 ? code(String(entries[0]![1])) : code(JSON.stringify(value));
}

const code = (text: string) => `\`${text}\``;
const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");
