/** Arguments of Node for a process that runs TypeScript of this checkout, wherever it is started. */
export const typescript = ["--import", new URL("../scripts/typescript.js", import.meta.url).href] as const;
