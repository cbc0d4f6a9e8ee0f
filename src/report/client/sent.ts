// The page as the server sent it, before any script has changed it: loaded before all others.

export const sent = document.body.cloneNode(true) as HTMLElement;
