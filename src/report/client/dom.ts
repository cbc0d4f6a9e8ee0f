// Short ways to elements, and the data of the page.

import type { PageData } from "../page-data.ts";

export function all<Kind extends Element = HTMLElement>(
  selector: string,
  root: ParentNode = document,
): Kind[] {
  return [...root.querySelectorAll<Kind>(selector)];
}

/** The first of them, null where there is none. */
export function one<Kind extends Element = HTMLElement>(
  selector: string,
  root: ParentNode = document,
): Kind | null {
  return root.querySelector<Kind>(selector);
}

/** One that the server has put there. */
export function need<Kind extends Element = HTMLElement>(
  selector: string,
  root: ParentNode = document,
): Kind {
  const found = one<Kind>(selector, root);
  if (found === null) throw new Error(`the page lacks ${selector}`);
  return found;
}

/** JSON that a page holds for its scripts. */
export function heldIn<Held>(id: string, page = document): Held {
  return JSON.parse(page.getElementById(id)?.textContent ?? "null") as Held;
}

const dataOf = (page: Document) => heldIn<PageData>("report-data", page);

export let data = dataOf(document);

const listeners: ((page: Document) => void)[] = [];

/** Where a page is served, its data and its elements are replaced by newer ones now and then. */
export function onData(listener: (page: Document) => void): void {
  listeners.push(listener);
}

/** The elements of a newer version of the page are in place; now its data. */
export function renew(page: Document): void {
  data = dataOf(page);
  for (const listener of listeners) listener(page);
}

/** A function that gives those of the elements that it was not given before. */
export function newcomers(): <Kind extends Element>(elements: readonly Kind[]) => Kind[] {
  const known = new WeakSet<Element>();
  return (elements) => elements.filter((each) => !known.has(each) && known.add(each));
}

/** An element with properties of its own; `aria-…` and the like are set as attributes. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  properties: Partial<Record<string, string | number | boolean>> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key in made && key !== "role") Object.assign(made, { [key]: value });
    else made.setAttribute(key, String(value));
  }
  made.append(...children);
  return made;
}

/** One of the buttons of a switch is pressed. */
export function press(buttons: readonly Element[], pressed: Element): void {
  for (const button of buttons) button.setAttribute("aria-pressed", String(button === pressed));
}

/** What an arrow key means: steps to the right and down; null for other keys. */
export function arrowOf({ key }: KeyboardEvent): readonly [right: number, down: number] | null {
  switch (key) {
    case "ArrowLeft":
      return [-1, 0];
    case "ArrowRight":
      return [1, 0];
    case "ArrowUp":
      return [0, -1];
    case "ArrowDown":
      return [0, 1];
    default:
      return null;
  }
}

/** Calls `act` once for each element shortly before it is seen. */
export function whenNear<Kind extends Element>(
  elements: readonly Kind[],
  act: (element: Kind) => void,
): void {
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        observer.unobserve(target);
        act(target as Kind);
      }
    },
    { rootMargin: "500px" },
  );
  for (const each of elements) observer.observe(each);
}
