/** <going-on>: sends its form by itself, soon enough to go on and late enough to be stopped. Without it the button does. */

const PAUSE_MS = 400;

class GoingOn extends HTMLElement {
  #timer;

  connectedCallback() {
    this.#timer = setTimeout(() => this.querySelector("form").requestSubmit(), PAUSE_MS);
    this.querySelector("a").addEventListener("click", () => clearTimeout(this.#timer));
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
  }
}

customElements.define("going-on", GoingOn);
