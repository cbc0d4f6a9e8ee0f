import type { MeasuredMethod } from "../../router/measure-router.ts";

/** What a method is called beside others. */
export function methodName({ name, kind }: Pick<MeasuredMethod, "name" | "kind">): string {
  if (kind === "specialist") return `${name} alone`;
  return kind === "general" ? `${name}, of all classes` : name;
}
