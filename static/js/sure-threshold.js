/** <sure-threshold>: the slider that moves below which certainty an answer is marked as unsure. */

import { onChange, setThreshold, threshold } from "./sureness.js";

class SureThreshold extends HTMLElement {
  connectedCallback() {
    this.#leaving = new AbortController();
    const { signal } = this.#leaving;
    this.#slider.addEventListener("input", () => setThreshold(this.#steps[this.#slider.value]), { signal });
    const back = [this.querySelector("button"), ...(this.#chip ? [this.#chip] : [])];
    for (const button of back) button.addEventListener("click", () => setThreshold(null), { signal });
    onChange(() => this.#show(), signal);
    this.#show();
    this.hidden = false;
  }

  disconnectedCallback() {
    this.#leaving.abort();
  }

  #leaving;

  /** Says beside the filters that it is moved, where the slider is folded away. */
  get #chip() {
    return document.querySelector(".sure-chip");
  }

  get #slider() {
    return this.querySelector("input");
  }

  /** The certainties that the slider's places stand for. */
  get #steps() {
    return [...this.querySelectorAll("option")].map((step) => Number(step.dataset.certainty));
  }

  #show() {
    const chosen = threshold();
    const wanted = chosen ?? Number(this.dataset.own);
    const place = this.#steps.findIndex((step) => step >= wanted);
    this.#slider.value = place < 0 ? this.#steps.length - 1 : place;
    const text = chosen === null ? this.dataset.ownText : this.querySelectorAll("option")[this.#slider.value].label;
    this.#slider.ariaValueText = text;
    this.querySelector(".threshold-value").textContent = text;
    this.querySelector("button").ariaDisabled = String(chosen === null);
    if (!this.#chip) return;
    this.#chip.hidden = chosen === null;
    this.#chip.querySelector("strong").textContent = text;
  }
}

customElements.define("sure-threshold", SureThreshold);
