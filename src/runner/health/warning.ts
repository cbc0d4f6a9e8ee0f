/** Something that the user should know while a run goes on; `kind` is that of its event. */
export type Warning = { readonly kind: string; readonly message: string };

/** Logged values by the name of their series. */
export type Values = Readonly<Record<string, number>>;
