// A page that is served: takes over what is new in the store without losing the viewer's place.

import { sent } from "./sent.js";
import "./main.js";
import { startChoice } from "./choice.js";
import { one, renew } from "./dom.js";
import { remember, takeOver } from "./patch.js";

/** News come at most so often, and making them takes at most a fifth of the server's time. */
const leastPauseMs = 1000;
const pauseFactor = 5;
const connectAgainMs = 5000;

const mark = one("[data-live]");
const script = (page) => [...page.scripts].at(-1).textContent;
const ownScript = script(document);
let version = sent;
let shown = mark.dataset.mark;
let wanted = shown;
let isUpdating = false;
let earliest = 0;
let waiting = null;
let source = null;

remember(sent, document.body);
startChoice();
if (document.body.dataset.events) {
  connect();
  document.addEventListener("visibilitychange", () => (document.hidden ? disconnect() : connect()));
}

function say(words, state) {
  mark.textContent = words;
  mark.dataset.state = state;
}

function connect() {
  disconnect();
  source = new EventSource(document.body.dataset.events);
  source.addEventListener("open", () => say(`live · updated ${clock()}`, "live"));
  source.addEventListener("state", (event) => {
    wanted = event.data;
    soon();
  });
  source.addEventListener("error", () => {
    say("not connected", "lost");
    // The browser tries again by itself, but not after an answer that is no stream.
    if (source.readyState === EventSource.CLOSED)
      setTimeout(() => document.hidden || connect(), connectAgainMs);
  });
}

/** A page that nobody sees asks for nothing, and leaves its connection to others. */
function disconnect() {
  source?.close();
}

function soon() {
  if (wanted === shown || isUpdating || waiting !== null) return;
  waiting = setTimeout(
    () => {
      waiting = null;
      update();
    },
    Math.max(0, earliest - performance.now()),
  );
}

async function update() {
  isUpdating = true;
  const began = performance.now();
  const asked = wanted;
  try {
    const response = await fetch(location.href, { cache: "no-store" });
    if (response.ok) show(new DOMParser().parseFromString(await response.text(), "text/html"));
    else say(response.status === 404 ? "these runs are gone" : "cannot be shown now", "lost");
    if (!response.ok) shown = asked;
  } catch (thrown) {
    if (!(thrown instanceof TypeError)) throw thrown;
    say("not connected", "lost");
  } finally {
    isUpdating = false;
    earliest = performance.now() + Math.max(leastPauseMs, pauseFactor * (performance.now() - began));
    soon();
  }
}

function show(page) {
  // Another program, or another kind of page: nothing of this one fits.
  if (script(page) !== ownScript || page.body.classList[0] !== version.classList[0]) location.reload();
  else {
    takeOver(version, page.body);
    version = page.body;
    document.title = page.title;
    renew(page);
    shown = one("[data-live]", page).dataset.mark;
    say(`live · updated ${clock()}`, "live");
  }
}

function clock() {
  return new Date().toLocaleTimeString([], {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  });
}
