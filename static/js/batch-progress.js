/**
 * <batch-progress src>: asks again and again how far the batch is, and puts what is new into every [data-fresh] of the
 * page. When all is done it says so once, and goes; when the batch is gone, the page is asked for again and says so.
 */

import { relabel } from "./sureness.js";

const EVERY_MS = 1500;

class BatchProgress extends HTMLElement {
  #timer = 0;
  #done = null;

  connectedCallback() {
    this.bar = this.querySelector("progress");
    this.#done = this.bar.value;
    this.#timer = setTimeout(() => this.#ask(), EVERY_MS / 3);
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
  }

  async #ask() {
    try {
      const response = await fetch(this.getAttribute("src"), { headers: { Accept: "application/json" } });
      if (response.status === 404) {
        location.reload();
        return;
      }
      if (response.ok && (await this.#show(await response.json()))) return;
    } catch {
      // The server is away for a moment: the next question finds out.
    }
    if (this.isConnected) this.#timer = setTimeout(() => this.#ask(), EVERY_MS);
  }

  /** Show what was told; return whether that was the end. */
  async #show(told) {
    this.bar.value = told.done;
    const count = this.#part("count");
    count.textContent = count.dataset.text.replace("{done}", told.done).replace("{total}", told.total);
    this.#part("no-worker").hidden = !told.is_without_worker;
    if (told.done !== this.#done || told.is_finished) await refresh(told.is_finished);
    this.#done = told.done;
    if (!told.is_finished) return false;
    const status = document.querySelector("[data-finished]");
    status.textContent = status.dataset.finished;
    if (this.contains(document.activeElement)) main().focus();
    this.remove();
    return true;
  }

  #part(name) {
    return this.querySelector(`[data-part="${name}"]`);
  }
}

/**
 * Put in what the server shows now. Where somebody is just reading along with the keyboard, that waits for the last time,
 * and the focus stays on the same link or, where that is gone, on the page.
 */
async function refresh(isLast) {
  const response = await fetch(location.href);
  if (!response.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const old of document.querySelectorAll("[data-fresh]")) {
    const fresh = page.querySelector(`[data-fresh="${old.dataset.fresh}"]`);
    const focused = old.contains(document.activeElement) ? document.activeElement : null;
    if (!fresh || (focused && !isLast)) continue;
    old.replaceChildren(...fresh.childNodes);
    relabel(old);
    if (focused) ([...old.querySelectorAll("a")].find((link) => link.href === focused.href) ?? main()).focus();
  }
}

function main() {
  return document.querySelector("main");
}

customElements.define("batch-progress", BatchProgress);
