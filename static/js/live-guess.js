/**
 * <live-guess>: what the network reads on the sheet while it is drawn on. Nothing is stored.
 *
 * Asks again after each stroke and at most every EVERY_MS in between; what is no longer of interest is not waited for.
 * The bars are of the mark under the pen, or of the one that was chosen. Attribute `state`: none at rest, `reading`, `resting` while no guesses are
 * to be had. The texts are in its data-* attributes.
 */

import { relabel } from "./sureness.js";

const EVERY_MS = 100;
const SETTLED_MS = 700; // after the last stroke
const PATIENCE_MS = 2000; // before the first try again, twice as long before each further one
const LONGEST_PATIENCE_MS = 60_000;
const ONE_DIGIT = 0.95; // from this confidence on no other digit comes into question

class LiveGuess extends HTMLElement {
  #request = null; // the AbortController of the one that is on its way
  #timer = null;
  #settling = null; // the timer that runs since the last stroke
  #isSettled = false;
  #askedAt = -Infinity;
  #restsUntil = 0;
  #failures = 0;
  #isOutdated = false; // something was drawn since the request on its way
  #told = null;
  #listening = null;

  connectedCallback() {
    this.form = this.closest("form");
    this.pad = this.form.querySelector("drawing-pad");
    this.percent = new Intl.NumberFormat(document.documentElement.lang || "en", { maximumFractionDigits: 0 });

    this.#listening = new AbortController();
    const { signal } = this.#listening;
    this.pad.addEventListener("drawing-change", ({ detail }) => this.#change(detail), { signal });
    this.form.elements.model?.addEventListener("change", () => this.#change({}), { signal });
    addEventListener("online", () => this.#tryAgain(), { signal });
    this.#change({});
  }

  disconnectedCallback() {
    this.#listening.abort();
    clearTimeout(this.#settling);
    this.#stop();
  }

  #change({ isPenDown = false, isLifted = false }) {
    clearTimeout(this.#settling);
    this.#isSettled = false;
    if (this.pad.isEmpty) return this.#clear();
    if (isPenDown && this.#request) this.#isOutdated = true;
    else {
      if (!isPenDown) this.#stop();
      this.#askAt(isLifted ? 0 : this.#askedAt + EVERY_MS);
    }
    if (isPenDown) return;
    this.#settling = setTimeout(() => {
      this.#isSettled = true;
      this.#announce();
    }, SETTLED_MS);
  }

  #stop() {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#request?.abort();
    this.#request = null;
    this.#isOutdated = false;
  }

  #clear() {
    this.#stop();
    this.#told = null;
    this.removeAttribute("state");
    this.#part("said").textContent = "";
    this.#showBars(null);
  }

  #askAt(time) {
    const wait = Math.max(time, this.#restsUntil) - performance.now();
    this.#timer ??= setTimeout(() => this.#ask(), Math.max(0, wait));
  }

  async #ask() {
    this.#timer = null;
    this.#isOutdated = false;
    this.#askedAt = performance.now();
    this.#request = new AbortController();
    const { signal } = this.#request;
    let told = null;
    try {
      told = await this.#guess(signal);
    } catch (error) {
      if (signal.aborted) return;
      this.#rest(error);
    }
    this.#request = null;
    if (told) this.#show(told);
    if (this.#isOutdated) this.#askAt(this.#askedAt + EVERY_MS);
    else if (this.#isSettled) this.#announce();
  }

  /** Returns what is read. Throws a Refusal, or what fetch throws. */
  async #guess(signal) {
    const { model, csrfmiddlewaretoken: token } = this.form.elements;
    const body = new FormData();
    body.set("image", await this.pad.toBlob(), "drawing.png");
    if (model && model.value !== "all") body.set("model", model.value);
    const headers = { "X-CSRFToken": token.value };
    signal.throwIfAborted();
    if (!navigator.onLine) throw new Error("offline"); // the browser would complain of it aloud
    const response = await fetch(this.dataset.url, { method: "POST", body, headers, signal });
    if (!response.ok && response.status !== 422) throw new Refusal(response);
    const told = response.ok ? await response.json() : { reading: "", glyphs: [] }; // no ink yet, or far too much
    signal.throwIfAborted();
    return told;
  }

  /** Asks no more for a while. */
  #rest(error) {
    this.#failures += 1;
    const patience = Math.min(LONGEST_PATIENCE_MS, PATIENCE_MS * 2 ** (this.#failures - 1));
    const wait = Math.max(patience, error.retryAfterMs ?? 0);
    this.#restsUntil = performance.now() + wait;
    this.#told = null;
    if (this.getAttribute("state") !== "resting") this.#part("said").textContent = this.#part("resting").textContent;
    this.setAttribute("state", "resting");
    this.#showBars(null);
    this.#isOutdated = true; // asks again when the rest is over
  }

  #tryAgain() {
    this.#failures = 0;
    this.#restsUntil = 0;
    this.#stop();
    this.#change({});
  }

  #show(told) {
    this.#failures = 0;
    this.#told = told;
    this.setAttribute("state", "reading");
    const reading = this.#part("reading");
    reading.textContent = told.reading || this.dataset.nothing;
    reading.style.setProperty("--digits", told.reading.length || this.dataset.nothing.length);
    reading.toggleAttribute("data-nothing", !told.reading);

    const shown = markUnder(this.pad.allStrokes.at(-1), told.glyphs);
    this.#part("marks").replaceChildren(...told.glyphs.map((glyph) => this.#chip(glyph, told.glyphs.length > 1)));
    relabel(this);
    this.#choose(shown);
  }

  /** Shows the bars of one of the marks. */
  #choose(glyph) {
    const place = this.#told.glyphs.indexOf(glyph);
    for (const [at, { firstChild }] of [...this.#part("marks").children].entries()) {
      if (firstChild.matches("button")) firstChild.ariaPressed = String(at === place);
    }
    this.#showBars(glyph);
  }

  /** A mark's verdict, told again by these attributes when the threshold is moved. Of several each is a button. */
  #chip(glyph, isOfSeveral) {
    const { digit, confidence, verdict } = glyph;
    const { unsure, between, none } = this.dataset;
    const other = confidence < ONE_DIGIT ? between.replace("{other}", glyph.runner_up) : unsure;
    const item = document.createElement("li");
    const chip = document.createElement(isOfSeveral ? "button" : "span");
    Object.assign(chip.dataset, { verdict, shown: verdict, certainty: confidence * (1 - glyph.none_probability) });
    Object.assign(chip.dataset, { sure: digit, unsure: other.replace("{digit}", digit) });
    chip.textContent = { digit, unsure: chip.dataset.unsure, not_a_digit: none }[verdict];
    if (isOfSeveral) Object.assign(chip, { type: "button", onclick: () => this.#choose(glyph) });
    item.append(chip);
    return item;
  }

  #showBars(glyph) {
    const shares = glyph ? [...glyph.probabilities, glyph.none_probability] : [];
    const answer = glyph && (glyph.verdict === "not_a_digit" ? 10 : glyph.digit);
    for (const [value, bar] of [...this.#part("bars").children].entries()) {
      const share = shares[value] ?? 0;
      bar.style.setProperty("--share", share.toFixed(4));
      bar.classList.toggle("is-answer", value === answer);
      bar.toggleAttribute("data-told", share >= 0.05);
      bar.querySelector("span").textContent = glyph ? this.dataset.percent.replace("{}", this.#inHundred(share)) : "";
    }
  }

  /** Never claims certainty: at least 0 and at most 99. */
  #inHundred(share) {
    return this.percent.format(Math.min(99, Math.round(100 * share)));
  }

  /** Tells the ear what is read, once nothing has been drawn for a while and the answer is there. */
  #announce() {
    if (this.#request || this.#timer || !this.#told) return;
    const { saidReading, saidMark, nothing } = this.dataset;
    const { reading } = this.#told;
    const doubts = [...this.#part("marks").querySelectorAll("[data-shown]")].flatMap((chip, place) =>
      chip.dataset.shown === "digit" ? [] : [saidMark.replace("{number}", place + 1).replace("{verdict}", chip.textContent)],
    );
    const said = reading ? saidReading.replace("{reading}", reading) : nothing;
    this.#part("said").textContent = [said, ...doubts].join(" ");
  }

  #part(name) {
    return this.querySelector(`[data-part=${name}]`);
  }
}

class Refusal extends Error {
  constructor({ status, headers }) {
    super(`Refused: ${status}`);
    const after = headers.get("Retry-After"); // seconds, or a date
    this.retryAfterMs = 1000 * Number(after) || Date.parse(after) - Date.now() || 0;
  }
}

/** The mark that shares most of its box with the stroke's; a picture's pixels are the sheet's units. */
function markUnder({ points }, glyphs) {
  const [xs, ys] = [0, 1].map((axis) => points.map((point) => point[axis]));
  const [left, top, right, bottom] = [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
  const shared = ({ box: [x, y, width, height] }) =>
    Math.max(0, 1 + Math.min(right, x + width) - Math.max(left, x)) *
    Math.max(0, 1 + Math.min(bottom, y + height) - Math.max(top, y));
  return glyphs.reduce((best, glyph) => (best && shared(best) >= shared(glyph) ? best : glyph), null);
}

customElements.define("live-guess", LiveGuess);
