// Pictures: each stands once in the page as base64 and becomes a blob URL when it is first shown. A page that is served
// names them by hash, and the browser asks for them.

import type { PagePictures } from "../page-data.ts";
import { all, heldIn, newcomers, onData, whenNear } from "./dom.ts";

let held = heldIn<PagePictures>("report-pictures");
const urls: string[] = [];

export function urlOf(index: number): string {
  if ("hashes" in held) return `/blob/${held.hashes[index]}`;
  const { mimes, mime, pictures } = held;
  urls[index] ??= URL.createObjectURL(
    new Blob([bytesOf(pictures[index]!)], { type: mimes[mime?.[index] ?? 0]! }),
  );
  return urls[index];
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

/** Shows a picture, now or shortly before it is seen; null leaves the place empty. */
export function setPicture(img: HTMLImageElement, index: number | null): void {
  if (index === null) {
    img.removeAttribute("src");
    delete img.dataset.blob;
    return;
  }
  img.dataset.blob = String(index);
  if (img.dataset.near !== undefined) load(img, urlOf(index));
}

/** Small pictures are enlarged by whole pixels, not blurred. */
function sharpen(img: HTMLImageElement): void {
  const pixels = img.clientWidth * window.devicePixelRatio;
  img.classList.toggle("enlarged", img.naturalWidth > 0 && pixels >= img.naturalWidth * 1.5);
}

const unknown = newcomers();

function watch(images: readonly HTMLImageElement[]): void {
  const found = unknown(images);
  for (const img of found) img.addEventListener("load", () => sharpen(img));
  whenNear(found, show);
}

/** The same once more would be fetched and decoded again. */
function load(img: HTMLImageElement, url: string): void {
  if (img.getAttribute("src") !== url) img.src = url;
}

function show(img: HTMLImageElement): void {
  img.dataset.near = "";
  if (img.dataset.blob !== undefined) load(img, urlOf(Number(img.dataset.blob)));
}

export function start(): void {
  const images = () => all<HTMLImageElement>(".tile img, img[data-blob]");
  watch(images());
  window.addEventListener("resize", () => images().forEach(sharpen));
  window.addEventListener("beforeprint", () => images().forEach(show));
  onData((page) => {
    held = heldIn<PagePictures>("report-pictures", page);
    for (const img of all<HTMLImageElement>("img.still[data-near], .strip img[data-near]")) show(img);
    watch(images());
  });
}
