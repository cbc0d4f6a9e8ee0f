// Short ways to elements, and the data of the page.

export const all = (selector, root = document) => [...root.querySelectorAll(selector)];
export const one = (selector, root = document) => root.querySelector(selector);

/** JSON that a page holds for its scripts. */
export const heldIn = (id, page = document) => JSON.parse(page.getElementById(id).textContent);

export let data = heldIn("report-data");

const listeners = [];
/** Where a page is served, its data and its elements are replaced by newer ones now and then. */
export const onData = (listener) => listeners.push(listener);

/** The elements of a newer version of the page are in place; now its data. */
export function renew(page) {
  data = heldIn("report-data", page);
  for (const listener of listeners) listener(page);
}

/** A function that gives those of the elements that it was not given before. */
export function newcomers() {
  const known = new WeakSet();
  return (elements) => elements.filter((each) => !known.has(each) && known.add(each));
}

export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key in made && key !== "role") made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

export const number = (value) => {
  if (Number.isNaN(value)) return "not a number";
  if (!Number.isFinite(value)) return value > 0 ? "infinite" : "minus infinite";
  return value !== 0 && (Math.abs(value) < 1e-4 || Math.abs(value) >= 1e6)
    ? value.toExponential(2)
    : String(Number(value.toPrecision(4)));
};

/** One of the buttons of a switch is pressed. */
export function press(buttons, pressed) {
  for (const button of buttons) button.setAttribute("aria-pressed", String(button === pressed));
}

/** Calls `act` once for each element shortly before it is seen. */
export function whenNear(elements, act) {
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        observer.unobserve(target);
        act(target);
      }
    },
    { rootMargin: "500px" },
  );
  for (const one of elements) observer.observe(one);
}
