/**
 * <training-progress src state>: asks every two seconds how far the training is, and loads the page anew once it has
 * begun and once it has ended.
 */

const EVERY_MS = 2000;

class TrainingProgress extends HTMLElement {
  #timer = 0;

  connectedCallback() {
    this.bar = this.querySelector("progress");
    this.log = document.querySelector("[data-log]");
    this.#timer = setTimeout(() => this.#ask(), EVERY_MS);
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
  }

  async #ask() {
    try {
      const response = await fetch(this.getAttribute("src"), { headers: { Accept: "application/json" } });
      if (response.ok && this.#show(await response.json())) return;
    } catch {
      // The server is away for a moment: the next question finds out.
    }
    if (this.isConnected) this.#timer = setTimeout(() => this.#ask(), EVERY_MS);
  }

  /** Show what was told; return whether the page is loaded anew for it. */
  #show(told) {
    if (told.state !== this.getAttribute("state")) {
      location.reload();
      return true;
    }
    this.bar.value = told.progress;
    this.#part("step").textContent = told.step;
    this.#part("percent").textContent = `${Math.round(100 * told.progress)} %`;
    this.#part("no-worker").hidden = !told.is_without_worker;
    this.log.textContent = told.log;
    return false;
  }

  #part(name) {
    return this.querySelector(`[data-part="${name}"]`);
  }
}

customElements.define("training-progress", TrainingProgress);
