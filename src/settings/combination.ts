import type { Path } from "./paths.ts";

/** What settings are impossible together: where it is said, and the words behind the path. */
export type Combination = { readonly path: Path; readonly text: string };
