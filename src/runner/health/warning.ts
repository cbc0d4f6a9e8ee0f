/** Something that the user should know while a run goes on; `kind` is that of its event. */
export type Warning = { readonly kind: string; readonly message: string };
