/**
 * <review-queue>: answers by key, sends them in the background, and has the next item already loaded.
 * Its keys are its own: they mean something only while the focus is in it, where it is from the beginning.
 * The page works without it: every button is one of a form's.
 * Attributes: `hides` (what the model says is hidden), `busy` (an answer is on its way); `data-` ones for what it says.
 */

import { meaningOf } from "./keys.js";
import { ask, SendingError } from "./sending.js";

const ANSWERS_UNDER_A_NOTICE = 5;
const MOST_NOTICES = 3;

class ReviewQueue extends HTMLElement {
  #next = null; // the item that is shown after this one, null while none is loaded
  #loading = null; // the promise that it is
  #waiting = null; // what was pressed while an answer was on its way
  #answersSinceNotice = 0;
  #listening = null;

  connectedCallback() {
    this.place = this.querySelector("[data-part=item]");
    this.said = this.querySelector("[data-part=said]");
    this.notices = this.querySelector("[data-part=notices]");
    this.progress = this.querySelector("[data-part=progress]");
    this.keys = this.querySelector("[popover]");

    this.#listening = new AbortController();
    const { signal } = this.#listening;
    this.addEventListener("submit", (event) => this.#press(event), { signal });
    this.addEventListener("keydown", (event) => this.#type(event), { signal });
    this.tabIndex = -1; // a click anywhere in the queue gives it its keys back
    if (document.activeElement === document.body) this.focus({ preventScroll: true });
    this.#loading = this.#load();
  }

  disconnectedCallback() {
    this.#listening.abort();
  }

  get item() {
    return this.place.firstElementChild;
  }

  get isHelping() {
    return "popover" in this.keys && this.keys.matches(":popover-open"); // else the list is always in sight
  }

  #type(event) {
    const meaning = meaningOf(event);
    if (!meaning) return;
    if (meaning === "help") this.keys.togglePopover?.();
    else if (this.isHelping) return;
    else this.#do(meaning);
    event.preventDefault(); // Space would scroll
  }

  #press(event) {
    const { submitter, target } = event;
    const meaning = { "review-undo": "undo", "review-hide": "hide" }[target.id] ?? submitter?.value;
    if (!target.matches("#review-undo, #review-hide, .review-answers") || !meaning) return;
    event.preventDefault();
    this.#do(meaning);
  }

  #do(meaning) {
    if (meaning === "hide") this.#hide();
    else if (this.hasAttribute("busy")) this.#waiting = meaning;
    else if (meaning === "undo") this.#during(() => this.#undo());
    else if (!isGlyph(this.item)) return;
    else if (meaning === "accept" && this.hasAttribute("hides")) this.#say("error", this.dataset.showFirst);
    else this.#during(() => this.#answer(meaning));
  }

  async #during(work) {
    this.setAttribute("busy", "");
    try {
      await work();
    } finally {
      this.removeAttribute("busy");
    }
    const waiting = this.#waiting;
    this.#waiting = null;
    if (waiting) this.#do(waiting);
  }

  /** Goes on at once; should the answer not arrive, its item comes back. */
  async #answer(meaning) {
    await this.#loading;
    const answered = this.item;
    const form = answered.querySelector("form");
    const body = new FormData(form);
    body.set("answer", meaning);
    if (this.#next) {
      body.set("shown", this.#next.dataset.glyph ?? "");
      this.#show(this.#next);
      this.#next = null;
    }
    try {
      const told = await ask(form.action, body);
      this.#take(told);
      if (this.item === answered || !isGlyph(this.item)) this.#show(itemOf(told));
      else this.#next = itemOf(told);
    } catch (error) {
      if (this.item !== answered) this.#next = this.item;
      this.#show(answered);
      this.#complain("notWritten", error);
    }
    if (!this.#next) this.#loading = this.#load();
  }

  async #undo() {
    const form = this.querySelector("#review-undo");
    try {
      const told = await ask(form.action, new FormData(form));
      this.#take(told, { passing: true });
      if (!told.item) return;
      this.#next = this.item;
      this.#show(itemOf(told));
    } catch (error) {
      this.#complain("notUndone", error);
    }
  }

  async #hide() {
    const wasOnToggle = document.activeElement.matches(".review-toggle");
    const hides = this.toggleAttribute("hides");
    if (wasOnToggle) this.item.querySelector(hides ? ".when-hidden" : ".when-shown").focus();
    this.#say("success", hides ? this.dataset.nowHidden : this.dataset.nowShown);
    const form = this.querySelector("#review-hide");
    const body = new FormData(form);
    body.set("hides", Number(hides));
    await ask(form.action, body).catch(() => {}); // it is not remembered, no more
  }

  /** Loads the next item; where that fails, the answer brings it. */
  async #load() {
    if (!isGlyph(this.item)) return;
    try {
      const told = await ask(`${this.dataset.next}?shown=${this.item.dataset.glyph}`);
      this.#next ??= itemOf(told);
    } catch (error) {
      if (!(error instanceof SendingError)) throw error;
    }
  }

  #take({ level, message, progress }, options) {
    if (progress) this.progress.innerHTML = progress;
    this.#say(level, message, options);
  }

  #complain(what, error) {
    if (!(error instanceof SendingError)) throw error;
    this.#waiting = null;
    this.#say("error", `${this.dataset[what]} ${this.dataset[error.message]}`);
  }

  /**
   * Says what happened, for the eye and the ear. That an answer was lost stays in sight for some answers more; what is
   * `passing` and errors go with the next success.
   */
  #say(level, message, { passing = level === "error" } = {}) {
    document.querySelector(".messages:not([data-part])")?.remove(); // they are of an earlier answer
    if (level === "success") {
      this.said.textContent = message;
      for (const notice of this.notices.querySelectorAll("[data-passing]")) notice.remove();
      if (++this.#answersSinceNotice >= ANSWERS_UNDER_A_NOTICE) this.notices.replaceChildren();
      return;
    }
    const notice = document.createElement("p");
    notice.className = `notice notice-${level}`;
    notice.textContent = message;
    notice.toggleAttribute("data-passing", passing);
    this.said.textContent = "";
    this.notices.replaceChildren(...[...this.notices.children].slice(1 - MOST_NOTICES), notice);
    this.#answersSinceNotice = 0;
  }

  /** Puts the item in place; the focus stays on the button it was on, where it was on one by key. */
  #show(item) {
    const focused = this.place.contains(document.activeElement) ? document.activeElement : null;
    const wasByKey = focused?.matches(":focus-visible");
    this.place.replaceChildren(item);
    if (!focused) return;
    const same = wasByKey && item.querySelector(`[aria-keyshortcuts="${focused.getAttribute("aria-keyshortcuts")}"]`);
    (same || item).focus({ preventScroll: true });
  }
}

/** The element of a told item; its picture is loaded already. */
function itemOf({ item }) {
  const element = document.createRange().createContextualFragment(item).firstElementChild;
  for (const image of element.querySelectorAll("image")) new Image().src = image.getAttribute("href");
  return element;
}

function isGlyph(item) {
  return Boolean(item?.dataset.glyph);
}

customElements.define("review-queue", ReviewQueue);
