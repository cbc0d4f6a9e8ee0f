// Pictures: each stands once in the page as base64 and becomes a blob URL when it is first shown.

import { all, whenNear } from "./dom.js";

const { mimes, mime, pictures } = JSON.parse(document.getElementById("report-pictures").textContent);
const urls = new Array(pictures.length);

export function urlOf(index) {
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
  if (img.dataset.near !== undefined) img.src = urlOf(index);
}

/** Small pictures are enlarged by whole pixels, not blurred. */
const sharpen = (img) => {
  const pixels = img.clientWidth * window.devicePixelRatio;
  img.classList.toggle("enlarged", img.naturalWidth > 0 && pixels >= img.naturalWidth * 1.5);
};

export function watchPictures(images) {
  for (const img of images) img.addEventListener("load", () => sharpen(img));
  whenNear(images, show);
}

const show = (img) => {
  img.dataset.near = "";
  if (img.dataset.blob !== undefined) img.src = urlOf(Number(img.dataset.blob));
};

export function startStillPictures() {
  const images = all(".tile img, img[data-blob]");
  watchPictures(images);
  window.addEventListener("resize", () => images.forEach(sharpen));
  window.addEventListener("beforeprint", () => images.forEach(show));
}
