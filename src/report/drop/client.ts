// A photograph that is dropped, chosen or pasted goes to the server once for each chosen network, one after the other; what
// comes back stays in this page alone.

import { all, need, press } from "../client/dom.ts";
import { makeStage, type Stage } from "../sections/samples/client/stage.ts";

type Photograph = {
  readonly file: Blob;
  /** Without what its format is called. */
  readonly name: string;
  /** A picture that this browser shows. */
  readonly url: string;
  readonly width: number;
  readonly height: number;
};

/** What one network makes of the photograph. */
type Side = {
  /** Its run and checkpoint. */
  readonly key: string;
  readonly figure: HTMLElement;
  readonly stage: Stage;
  state: "waiting" | "coloring" | "done" | "failed";
  readonly stop: AbortController;
};

const endings: Readonly<Record<string, string>> = {
  "image/jpeg": "jpg",
  "image/png": "png",
  "image/webp": "webp",
};

export function start(): void {
  const drop = document.querySelector<HTMLElement>("[data-drop]");
  if (drop === null) return;
  const input = need<HTMLInputElement>("[data-file]", drop);
  const message = need("[data-message]");
  const progress = need("[data-progress]");
  const shown = need("[data-photograph]");
  const place = need("[data-sides]");
  const template = need<HTMLTemplateElement>("template[data-side]");
  const boxes = all<HTMLInputElement>("[data-network]");
  const checkpoints = all("[data-checkpoint]");
  const most = { bytes: Number(drop.dataset.mostBytes), pixels: Number(drop.dataset.mostPixels) };
  const mostNetworks = Number(need("[data-networks]").dataset.most);
  let photograph: Photograph | null = null;
  let sides: Side[] = [];
  let isWorking = false;
  let reading = new AbortController();

  const forget = () => {
    for (const side of sides) remove(side);
    sides = [];
    if (photograph !== null) URL.revokeObjectURL(photograph.url);
    photograph = null;
    shown.hidden = true;
    progress.textContent = "Nothing yet.";
  };

  async function take(files: readonly File[]): Promise<void> {
    const [file] = files;
    if (file === undefined) {
      message.textContent = "That was no file: save the picture first, then drop its file.";
      return;
    }
    reading.abort();
    reading = new AbortController();
    const { signal } = reading;
    forget();
    message.textContent = files.length > 1 ? `One photograph at a time: ${file.name} was taken.` : "";
    try {
      if (file.size > most.bytes)
        throw new Error(`${file.name}: ${(file.size / 2 ** 20).toFixed(0)} MiB are too many here`);
      // Read now: a file that changes or goes meanwhile would fail one network and not the other.
      const bytes = new Blob([await file.arrayBuffer()]);
      const opened = await open(bytes, file.type, signal);
      if (signal.aborted) {
        URL.revokeObjectURL(opened.url);
        return;
      }
      if (opened.width * opened.height > most.pixels) {
        URL.revokeObjectURL(opened.url);
        const pixels = ((opened.width * opened.height) / 1e6).toFixed(0);
        throw new Error(`${file.name}: ${pixels} megapixels are too many here`);
      }
      photograph = { ...opened, file: bytes, name: file.name.replace(/\.\w+$/, "") };
      update();
    } catch (thrown) {
      if (!signal.aborted) message.textContent = wordsOf(thrown);
    }
  }

  /** Sides of the networks that are chosen now: those that were there stay, what nobody wants any more is stopped. */
  function update(): void {
    if (photograph === null) return;
    const checkpoint = checkpoints.find((each) => each.getAttribute("aria-pressed") === "true")!.dataset
      .checkpoint!;
    const wanted = boxes.filter((box) => box.checked);
    const known = new Map(sides.map((side) => [side.key, side]));
    sides = wanted.map((box) => {
      const key = `${box.value}@${checkpoint}`;
      const side = known.get(key) ?? newSide(key, box.dataset.network!, photograph!);
      known.delete(key);
      place.append(side.figure);
      return side;
    });
    for (const side of known.values()) remove(side);
    shown.hidden = sides.length === 0;
    void work();
  }

  function newSide(key: string, by: string, { url, width, height }: Photograph): Side {
    const figure = (template.content.cloneNode(true) as DocumentFragment).querySelector("figure")!;
    const element = need("[data-stage]", figure);
    const stage = makeStage(element, { wheel: (event) => event.ctrlKey });
    stage.images[0].src = url;
    element.style.aspectRatio = `${width} / ${height}`;
    stage.swap();
    need("[data-by]", figure).textContent = by;
    const side: Side = { key, figure, stage, state: "waiting", stop: new AbortController() };
    show(side, "waiting", "waiting");
    return side;
  }

  function remove({ figure, stage, stop }: Side): void {
    stop.abort();
    figure.remove();
    URL.revokeObjectURL(stage.images[1].src);
  }

  function show(side: Side, state: Side["state"], words: string): void {
    side.state = state;
    side.figure.dataset.now = state;
    need("[data-state]", side.figure).textContent = `· ${words}`;
  }

  /** One after the other, in the order in which they stand. */
  async function work(): Promise<void> {
    if (isWorking) return;
    isWorking = true;
    try {
      for (;;) {
        const next = sides.find(({ state }) => state === "waiting");
        if (next === undefined || photograph === null) break;
        await color(next, photograph);
      }
    } finally {
      isWorking = false;
    }
    tell();
  }

  function tell(): void {
    if (photograph === null) return;
    const done = sides.filter(({ state }) => state === "done" || state === "failed").length;
    const now = sides.find(({ state }) => state === "coloring");
    const by = now && need("[data-by]", now.figure).textContent;
    progress.textContent =
      sides.length === 0
        ? "Choose at least one network."
        : `${done} of ${sides.length} ${now === undefined ? "done." : `done; ${by} is coloring …`}`;
  }

  async function color(side: Side, { file, name }: Photograph): Promise<void> {
    const [run, checkpoint] = side.key.split("@") as [string, string];
    const began = performance.now();
    show(side, "coloring", "coloring …");
    tell();
    try {
      const answer = await send(file, new URLSearchParams({ run, checkpoint }), side.stop.signal);
      const picture = await answer.blob();
      const { epoch, kind, isRestored } = JSON.parse(answer.headers.get("Coloring")!);
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      const [, image] = side.stage.images;
      image.src = URL.createObjectURL(picture);
      await image.decode();
      side.stop.signal.throwIfAborted();
      side.stage.setMode("divide", "");
      const link = need<HTMLAnchorElement>("[data-download]", side.figure);
      const by = need("[data-by]", side.figure).textContent!.replace(/[^\p{L}\p{N}._-]+/gu, "-");
      link.href = image.src;
      link.download = `${[name, by, ...(epoch > 0 ? [epoch] : [])].join("-")}.${endings[picture.type]}`;
      link.hidden = false;
      const notes = [
        // Of a network that was trained elsewhere no epoch is known.
        ...(epoch > 0 ? [`epoch ${epoch}`] : []),
        `${seconds} s`,
        `${image.naturalWidth}×${image.naturalHeight}`,
        ...(kind === "color" ? ["it was in color before: only its lightness was used"] : []),
        ...(isRestored ? ["faded: its lightness was drawn apart"] : []),
      ];
      show(side, "done", notes.join(" · "));
    } catch (thrown) {
      if (!side.stop.signal.aborted) show(side, "failed", wordsOf(thrown));
    }
  }

  function limitChoice(): void {
    const isFull = boxes.filter((box) => box.checked).length >= mostNetworks;
    for (const box of boxes) box.disabled = isFull && !box.checked;
  }

  for (const box of boxes)
    box.addEventListener("change", () => {
      limitChoice();
      update();
      tell();
    });
  for (const button of checkpoints)
    button.addEventListener("click", () => {
      press(checkpoints, button);
      update();
      tell();
    });
  for (const button of all("[data-zoom]"))
    button.addEventListener("click", () => {
      for (const { stage } of sides) stage.zoom(Number(button.dataset.zoom));
    });
  input.addEventListener("change", () => {
    const files = [...(input.files ?? [])];
    if (files.length > 0) void take(files);
    // The same file may be chosen again.
    input.value = "";
  });
  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length > 0) void take(files);
  });
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.dataset.over = "";
  });
  document.addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) delete drop.dataset.over;
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    delete drop.dataset.over;
    void take([...(event.dataTransfer?.files ?? [])]);
  });
  limitChoice();
}

/** The photograph as this browser shows it; a format that it lacks is brought into one that it has by the server. */
async function open(
  file: Blob,
  type: string,
  signal: AbortSignal,
): Promise<Pick<Photograph, "url" | "width" | "height">> {
  const own = new Blob([file], { type });
  try {
    return await loaded(own);
  } catch {
    const answer = await send(file, new URLSearchParams(), signal);
    return loaded(await answer.blob());
  }
}

async function loaded(picture: Blob): Promise<Pick<Photograph, "url" | "width" | "height">> {
  const url = URL.createObjectURL(picture);
  const image = new Image();
  image.src = url;
  try {
    await image.decode();
  } catch (thrown) {
    URL.revokeObjectURL(url);
    throw thrown;
  }
  return { url, width: image.naturalWidth, height: image.naturalHeight };
}

/** Throws with the server's words where it refuses. */
async function send(file: Blob, query: URLSearchParams, signal: AbortSignal): Promise<Response> {
  const answer = await fetch(`/color?${query}`, {
    method: "POST",
    headers: { "Content-Type": "application/octet-stream" },
    body: file,
    signal,
  });
  if (!answer.ok) throw new Error((await answer.text()).trim());
  return answer;
}

function wordsOf(thrown: unknown): string {
  if (thrown instanceof TypeError) return "The server does not answer: does hueristic serve still run?";
  return thrown instanceof Error ? thrown.message : String(thrown);
}
