// A page that is served: takes over what is new in the store without losing the viewer's place.

import { startChoice } from "./choice.ts";
import { need, renew } from "./dom.ts";
import { remember, takeOver } from "./patch.ts";
import { sent } from "./sent.ts";

/** News come at most so often, and making them takes at most a fifth of the server's time. */
const leastPauseMs = 1000;
const pauseFactor = 5;
const connectAgainMs = 5000;

export function start(): void {
  const mark = need("[data-live]");
  const { events } = document.body.dataset;
  const ownScript = scriptOf(document);
  let version: HTMLElement = sent;
  let shown = mark.dataset.mark;
  let wanted = shown;
  let isUpdating = false;
  let earliest = 0;
  let isWaiting = false;
  let source: EventSource | null = null;

  function say(words: string, state: "live" | "lost"): void {
    mark.textContent = words;
    mark.dataset.state = state;
  }

  function connect(address: string): void {
    disconnect();
    const opened = new EventSource(address);
    source = opened;
    opened.addEventListener("open", () => say(`live · updated ${clock()}`, "live"));
    opened.addEventListener("state", ({ data }: MessageEvent<string>) => {
      wanted = data;
      soon();
    });
    opened.addEventListener("error", () => {
      say("not connected", "lost");
      // The browser tries again by itself, but not after an answer that is no stream.
      if (opened === source && opened.readyState === EventSource.CLOSED)
        setTimeout(() => document.hidden || connect(address), connectAgainMs);
    });
  }

  /** A page that nobody sees asks for nothing, and leaves its connection to others. */
  function disconnect(): void {
    source?.close();
  }

  function soon(): void {
    if (wanted === shown || isUpdating || isWaiting) return;
    isWaiting = true;
    setTimeout(
      () => {
        isWaiting = false;
        update();
      },
      Math.max(0, earliest - performance.now()),
    );
  }

  async function update(): Promise<void> {
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

  function show(page: Document): void {
    // Another program, or another kind of page: nothing of this one fits.
    if (scriptOf(page) !== ownScript || page.body.classList[0] !== version.classList[0]) location.reload();
    else {
      takeOver(version, page.body);
      version = page.body;
      document.title = page.title;
      renew(page);
      shown = need("[data-live]", page).dataset.mark;
      say(`live · updated ${clock()}`, "live");
    }
  }

  remember(sent, document.body);
  startChoice();
  if (events === undefined || events === "") return;
  connect(events);
  document.addEventListener("visibilitychange", () => (document.hidden ? disconnect() : connect(events)));
}

function scriptOf(page: Document): string | null {
  return [...page.scripts].at(-1)?.textContent ?? null;
}

function clock(): string {
  return new Date().toLocaleTimeString([], {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  });
}
