// One name can be written in two ways: "é" as one character (NFC), or as e and an accent (NFD, what macOS makes of file
// names). Wherever a name is looked for, both mean the same.

/** What names are compared by. */
export function nfc(text: string): string {
  return text.normalize("NFC");
}

export function sameText(a: string, b: string): boolean {
  return a === b || nfc(a) === nfc(b);
}
