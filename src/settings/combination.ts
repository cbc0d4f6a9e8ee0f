/** What settings are impossible together: where it is said, and the words behind the path. */
export type Combination = { readonly path: readonly (string | number)[]; readonly text: string };
