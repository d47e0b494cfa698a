/** <picture-reading>: pointing at a mark's card, or at its box on the picture, lights up both; what is open there stays
    open when the page comes again with a label. */

import { markRead } from "./drawing/strokes.js";

const KEY = "digitsite.open";

class PictureReading extends HTMLElement {
  connectedCallback() {
    for (const card of this.querySelectorAll(".glyph")) this.#pair(card, this.querySelector(`[href="#${card.id}"].mark`));
    this.addEventListener("submit", () => this.#keepOpen());
    customElements.whenDefined("glyph-explanation").then(() => this.#openAgain());
  }

  #keepOpen() {
    const open = [...this.querySelectorAll(".glyph:has(.why[open])")].map((card) => card.id);
    try {
      sessionStorage.setItem(KEY, JSON.stringify({ page: location.pathname, open }));
    } catch {
      // Storage switched off: they come back closed.
    }
  }

  #openAgain() {
    for (const id of keptOpen()) this.querySelector(`#${id} .why`).open = true;
  }

  #pair(card, mark) {
    const light = (on) => () => [card, mark].forEach((part) => part.toggleAttribute("data-lit", on));
    for (const part of [card, mark]) {
      for (const type of ["pointerenter", "focusin"]) part.addEventListener(type, light(true));
      for (const type of ["pointerleave", "focusout"]) part.addEventListener(type, light(false));
    }
  }
}

/** The ids of the cards that were open when this page was left by one of its forms; told once. */
function keptOpen() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY));
    sessionStorage.removeItem(KEY);
    return kept?.page === location.pathname ? kept.open : [];
  } catch {
    return [];
  }
}

customElements.define("picture-reading", PictureReading);

markRead(); // the drawing has been read: the next sheet is a new one
