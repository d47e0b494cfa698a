/** <picture-reading>: pointing at a mark's card, or at its box on the picture, lights up both. */

import { markRead } from "./drawing/strokes.js";

class PictureReading extends HTMLElement {
  connectedCallback() {
    for (const card of this.querySelectorAll(".glyph")) this.#pair(card, this.querySelector(`[href="#${card.id}"].mark`));
  }

  #pair(card, mark) {
    const light = (on) => () => [card, mark].forEach((part) => part.toggleAttribute("data-lit", on));
    for (const part of [card, mark]) {
      for (const type of ["pointerenter", "focusin"]) part.addEventListener(type, light(true));
      for (const type of ["pointerleave", "focusout"]) part.addEventListener(type, light(false));
    }
  }
}

customElements.define("picture-reading", PictureReading);

markRead(); // the drawing has been read: the next sheet is a new one
