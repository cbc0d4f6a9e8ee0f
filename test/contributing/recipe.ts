// A recipe of CONTRIBUTING.md as data: the files that it writes, the changes that it makes, the lines to try.

export type Recipe = {
  readonly title: string;
  /** Path -> content. */
  readonly created: ReadonlyMap<string, string>;
  /** Path -> changes, each of some lines of the file. */
  readonly changed: ReadonlyMap<string, readonly Change[]>;
  readonly commands: readonly string[];
};

/** Whole lines. */
type Change = { readonly before: string; readonly after: string };

/** Throws for a block that says neither what it is nor where it belongs. */
export function readRecipes(markdown: string): readonly Recipe[] {
  const [, ...sections] = markdown.slice(markdown.indexOf("\n## Recipes\n")).split(/^### /m);
  return sections.map(readRecipe);
}

function readRecipe(section: string): Recipe {
  const title = section.slice(0, section.indexOf("\n"));
  const created = new Map<string, string>();
  const changed = new Map<string, readonly Change[]>();
  const commands: string[] = [];
  for (const [, lead, language, text] of section.matchAll(/^([^\n]*)\n\n```(\w+)\n([\s\S]*?)^```$/gm)) {
    const file = /^(?:New file|In) `([^`]+)`:$/.exec(lead!)?.[1];
    if (language === "sh" && lead === "Try it:") commands.push(...text!.trimEnd().split("\n"));
    else if (language === "ts" && file !== undefined) created.set(file, text!);
    else if (language === "diff" && file !== undefined)
      changed.set(file, text!.split("@@\n").map(readChange));
    else throw new Error(`${title}: a block of ${language} after ${JSON.stringify(lead)}`);
  }
  return { title, created, changed, commands };
}

function readChange(diff: string): Change {
  const lines = diff.split("\n").slice(0, -1);
  const side = (mark: "-" | "+") =>
    lines
      .filter((line) => line.startsWith(mark) || line.startsWith(" "))
      .map((line) => `${line.slice(1)}\n`)
      .join("");
  return { before: side("-"), after: side("+") };
}

/** The text with every change made; throws where the lines before one are not there, or there twice. */
export function applied(file: string, text: string, changes: readonly Change[]): string {
  return changes.reduce((done, { before, after }) => {
    const parts = `\n${done}`.split(`\n${before}`);
    if (parts.length !== 2)
      throw new Error(`${file} has these lines ${parts.length - 1} times, not once:\n${before}`);
    return parts.join(`\n${after}`).slice(1);
  }, text);
}
