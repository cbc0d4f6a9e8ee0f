// The dialog that compares two pictures of one image; client/viewer.ts fills it.

import { type Html, html } from "../../html.ts";

const modes = [
  ["pair", "Side by side"],
  ["divide", "Divider"],
  ["overlay", "Overlay"],
  ["swap", "Swap"],
  ["difference", "Difference"],
] as const;

export function viewerHtml(): Html {
  return html`<dialog id="viewer" aria-labelledby="viewer-name">
<div class="viewer-head"><div aria-live="polite"><p class="viewer-name" id="viewer-name"><bdi data-viewer-name></bdi></p><p class="soft" data-viewer-place></p></div><button type="button" class="plain" data-close>Close</button></div>
<div class="bar controls"><label class="field">Left <select data-viewer-left></select></label><label class="field">Right <select data-viewer-right></select></label>
<div class="switch" role="group" aria-label="How to compare">${modes.map(([mode, words]) => html`<button type="button" data-mode="${mode}" aria-pressed="${String(mode === "pair")}">${words}</button>`)}</div></div>
<div class="stage" data-stage tabindex="0" role="group" aria-label="Pictures: drag to move, scroll to enlarge">
<div class="pane" data-pane="left"><img alt=""></div><div class="pane" data-pane="right"><img alt=""></div>
<div class="handle" data-handle role="slider" tabindex="0" aria-label="Divider" aria-valuemin="0" aria-valuemax="100" aria-valuenow="50"></div>
</div>
<div class="bar controls"><div class="walk"><button type="button" class="plain" data-walk="-1">← Image</button><button type="button" class="plain" data-walk="1">Image →</button></div>
<label class="field wide">Epoch <output data-viewer-epoch-name></output> <input type="range" min="0" value="0" step="1" data-viewer-epoch></label>
<label class="field" data-mix-field hidden>Mix <input type="range" min="0" max="1" step="0.01" value="0.5" data-mix></label>
<div class="walk"><button type="button" class="plain" data-zoom="0.8" aria-label="Smaller">−</button><button type="button" class="plain" data-zoom="1.25" aria-label="Larger">+</button><button type="button" class="plain" data-zoom="0">Whole</button></div></div>
<h3>Its history</h3>
<div class="scroll" tabindex="0"><table class="history" data-history></table></div>
</dialog>`;
}
