/** <history-selection>: counts the ticked pictures, ticks them all, and moves among them by keys.

Every tile and every box stays reachable by Tab. The keys work only while one of them has focus. */

import { neighbour } from "./neighbour.js";

class HistorySelection extends HTMLElement {
  #leaving;
  #last = null;

  connectedCallback() {
    this.#leaving = new AbortController();
    const { signal } = this.#leaving;
    this.querySelector(".selection-all").hidden = false;
    this.#all.addEventListener("change", () => this.#tick(this.#picks, this.#all.checked), { signal });
    this.addEventListener("change", (event) => this.#ticked(event), { signal });
    this.addEventListener("click", (event) => this.#reach(event), { signal });
    this.addEventListener("keydown", (event) => this.#press(event), { signal });
    addEventListener("pageshow", () => this.#tell(), { signal }); // the browser has its boxes ticked again
    this.#tell();
  }

  disconnectedCallback() {
    this.#leaving.abort();
  }

  get #all() {
    return this.querySelector(".selection-all input");
  }

  get #picks() {
    return [...this.querySelectorAll(".pick")];
  }

  #tick(picks, checked) {
    for (const pick of picks) boxOf(pick).checked = checked;
    this.#tell();
  }

  #ticked({ target }) {
    this.#tell();
    target.closest(".pick")?.scrollIntoView({ block: "nearest" }); // the bar may just have come to lie over it
  }

  #tell() {
    const picks = this.#picks;
    const count = picks.filter((pick) => boxOf(pick).checked).length;
    const told = this.querySelector("output");
    const text = told.dataset.text.replace("{}", count);
    this.querySelector(".selection-count").textContent = text;
    if (count > 0 || told.textContent) told.textContent = text;
    this.#all.checked = count === picks.length;
    this.#all.indeterminate = count > 0 && count < picks.length;
  }

  /** With Shift, everything between the box that was clicked last and this one becomes like this one. */
  #reach(event) {
    const pick = event.target.closest(".pick");
    if (!pick || event.target !== boxOf(pick)) return;
    const picks = this.#picks;
    const [from, to] = [picks.indexOf(this.#last), picks.indexOf(pick)].sort((a, b) => a - b);
    if (event.shiftKey && from >= 0) this.#tick(picks.slice(from, to + 1), event.target.checked);
    this.#last = pick;
  }

  #press(event) {
    const pick = event.target.closest(".pick");
    if (!pick || event.altKey || event.ctrlKey || event.metaKey) return;
    if (this.#do(event, pick)) event.preventDefault();
  }

  #do({ key, target }, pick) {
    const box = boxOf(pick);
    if (key === " " && target !== box) {
      box.click();
      return true;
    }
    if (key === "Enter" && target === box) {
      linkOf(pick).click();
      return true;
    }
    if (key === "Delete" || key === "Backspace") {
      if (!this.querySelector(".pick input:checked")) this.#tick([pick], true);
      this.querySelector(".selection-delete").click();
      return true;
    }
    if (key === "Escape") {
      this.#tick(this.#picks, false);
      return true;
    }
    const next = neighbour(this.#picks, pick, key, getComputedStyle(this).direction);
    if (!next) return false;
    (target === box ? boxOf : linkOf)(next).focus();
    return true;
  }
}

function boxOf(pick) {
  return pick.querySelector("input");
}

function linkOf(pick) {
  return pick.querySelector("a");
}

customElements.define("history-selection", HistorySelection);
