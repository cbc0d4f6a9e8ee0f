// For --import: appends to the file RECORDED_MODULES every module that this process loads, imported or required.

import { appendFileSync } from "node:fs";
import Module, { register } from "node:module";
// First, as the hooks that came last are asked first.
import "../../scripts/typescript.js";

const hook = `
  import { appendFileSync } from "node:fs";
  export async function load(url, context, next) {
    appendFileSync(process.env.RECORDED_MODULES, url + "\\n");
    return next(url, context);
  }`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);

const load = Module._load;
Module._load = function recorded(request, ...rest) {
  appendFileSync(process.env.RECORDED_MODULES, `${request}\n`);
  return load.call(this, request, ...rest);
};
