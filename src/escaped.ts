// What a terminal would take for a command to it, or a reader for something else, as an escape such as \u001b.

/** Without control characters and marks that turn the direction of writing; line breaks stay. */
export function escaped(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    character === "\n" || character === "\u200d" // which joins emoji
      ? character
      : `\\u${character.codePointAt(0)!.toString(16).padStart(4, "0")}`,
  );
}

/** What others wrote, within a line of ours: on that line, and no longer than anybody reads. */
export function escapedLine(text: string): string {
  return shortened(escaped(text).replaceAll("\n", "\\n"), 500);
}

export function shortened(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}
