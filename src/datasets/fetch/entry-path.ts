// Paths in a zip, which anybody may have written: only plain relative ones, on every operating system, are taken.

/** Why a path is not taken, such as "leads out of the folder"; null where it is fine. Folders end in a slash. */
export function pathProblem(path: string): string | null {
  if (path === "") return "is empty";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u001f\u007f-\u009f]/.test(path)) return "has control characters";
  if (path.includes("\\")) return "has a backslash";
  if (path.startsWith("/")) return "is absolute";
  if (path.includes(":")) return "names a drive or a stream";
  if (path.length > 1024) return "is too long";
  for (const name of path.replace(/\/$/, "").split("/")) {
    if (name === "..") return "leads out of the folder";
    if (name === "" || name === ".") return "has an empty part";
    if (/[. ]$/.test(name)) return "has a part that ends in a dot or a blank";
    if (/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(name)) return "has a name that Windows reserves";
    if (Buffer.byteLength(name) > 255) return "has a part that is too long";
  }
  return null;
}
