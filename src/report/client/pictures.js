// Pictures: each stands once in the page as base64 and becomes a blob URL when it is first shown. A page that is served
// names them by hash, and the browser asks for them.

import { all, heldIn, newcomers, onData, whenNear } from "./dom.js";

const { mimes, mime, pictures } = heldIn("report-pictures");
let { hashes } = heldIn("report-pictures");
const urls = [];

export function urlOf(index) {
  if (hashes) return `/blob/${hashes[index]}`;
  if (urls[index] === undefined) {
    const text = atob(pictures[index]);
    const bytes = new Uint8Array(text.length);
    for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
    urls[index] = URL.createObjectURL(new Blob([bytes], { type: mimes[mime ? mime[index] : 0] }));
    pictures[index] = "";
  }
  return urls[index];
}

/** Shows a picture, now or shortly before it is seen; null leaves the place empty. */
export function setPicture(img, index) {
  if (index === null) {
    img.removeAttribute("src");
    delete img.dataset.blob;
    return;
  }
  img.dataset.blob = index;
  if (img.dataset.near !== undefined) load(img, urlOf(index));
}

/** Small pictures are enlarged by whole pixels, not blurred. */
const sharpen = (img) => {
  const pixels = img.clientWidth * window.devicePixelRatio;
  img.classList.toggle("enlarged", img.naturalWidth > 0 && pixels >= img.naturalWidth * 1.5);
};

const unknown = newcomers();

function watch(images) {
  const found = unknown(images);
  for (const img of found) img.addEventListener("load", () => sharpen(img));
  whenNear(found, show);
}

/** The same once more would be fetched and decoded again. */
function load(img, url) {
  if (img.getAttribute("src") !== url) img.src = url;
}

const show = (img) => {
  img.dataset.near = "";
  if (img.dataset.blob !== undefined) load(img, urlOf(Number(img.dataset.blob)));
};

export function startStillPictures() {
  const images = () => all(".tile img, img[data-blob]");
  watch(images());
  window.addEventListener("resize", () => images().forEach(sharpen));
  window.addEventListener("beforeprint", () => images().forEach(show));
  onData((page) => {
    ({ hashes } = heldIn("report-pictures", page));
    for (const img of all("img.still[data-near], .strip img[data-near]")) show(img);
    watch(images());
  });
}
