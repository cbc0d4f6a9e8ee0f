// snake_case keys of the files <-> camelCase of the program, in the types as in the values. The only place.

type CamelKey<Key> = Key extends `${infer Head}_${infer Tail}` ? `${Head}${Capitalize<CamelKey<Tail>>}` : Key;

/** Keys of records that users name themselves: taken as they are. */
type Verbatim = "attributes";

/** Records whose keys users name themselves, with values of ours. */
type Named = "evaluate";

export type CamelCase<Value> = Value extends readonly unknown[]
  ? { [Index in keyof Value]: CamelCase<Value[Index]> }
  : Value extends object
    ? {
        [Key in keyof Value as CamelKey<Key>]: Key extends Verbatim
          ? Value[Key]
          : Key extends Named
            ? { [Name in keyof Value[Key]]: CamelCase<Value[Key][Name]> }
            : CamelCase<Value[Key]>;
      }
    : Value;

export function camelCase<Value>(value: Value): CamelCase<Value> {
  return renamed(value, (key) =>
    key.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
  ) as never;
}

/** For writing an experiment as a file again. */
export function snakeCase(value: unknown): unknown {
  return renamed(value, (key) => key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
}

const verbatim: readonly string[] = ["attributes"] satisfies Verbatim[];
const named: readonly string[] = ["evaluate"] satisfies Named[];

function renamed(value: unknown, rename: (key: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => renamed(item, rename));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      rename(key),
      verbatim.includes(key)
        ? inner
        : named.includes(key)
          ? valuesRenamed(inner, rename)
          : renamed(inner, rename),
    ]),
  );
}

function valuesRenamed(record: object, rename: (key: string) => string): unknown {
  return Object.fromEntries(Object.entries(record).map(([name, inner]) => [name, renamed(inner, rename)]));
}
