// Names of files in messages: what a terminal or a reader could take for something else is written as an escape.

/** In double quotes, without line breaks, control characters and marks that turn the direction of writing. */
export function quoted(name: string): string {
  return JSON.stringify(name).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    character === "\u200d" ? character : `\\u${character.codePointAt(0)!.toString(16).padStart(4, "0")}`,
  );
}
