/** From which certainty on an answer is called sure: each visitor may move that, without another reading.

Certainty is confidence × (1 - none_probability). Whatever carries data-verdict (the network's own word) and data-certainty is
told again here: in data-shown, by data-sure and data-unsure as its text, and by the [data-shown-when] inside it. */

const KEY = "digitsite.threshold";
const changes = new EventTarget();
let current = kept();

/** The visitor's threshold in (0, 1), or null: the network's own verdict counts. */
export function threshold() {
  return current;
}

export function setThreshold(value) {
  current = value;
  keep(value);
  changes.dispatchEvent(new Event("change"));
}

/** What the network calls unsure although it is certain enough can be taken another way, and stays unsure. */
export function isSure(certainty, verdict, own = networkThreshold()) {
  if (verdict === "not_a_digit") return false;
  if (current === null) return verdict === "digit";
  return certainty >= current && (verdict === "digit" || certainty < own);
}

export function onChange(listener, signal) {
  changes.addEventListener("change", () => listener(current), { signal });
}

/** Tell all verdicts in a part of the page anew; to be called for what is put there later. */
export function relabel(root = document) {
  for (const told of root.querySelectorAll("[data-verdict][data-certainty]")) {
    const { verdict, certainty, sure, unsure } = told.dataset;
    const shown = verdict === "not_a_digit" ? verdict : isSure(Number(certainty), verdict) ? "digit" : "unsure";
    told.dataset.shown = shown;
    if (sure !== undefined && shown !== "not_a_digit") told.textContent = shown === "digit" ? sure : unsure;
    for (const part of told.querySelectorAll("[data-shown-when]")) part.hidden = part.dataset.shownWhen !== shown;
  }
}

function networkThreshold() {
  return Number(document.querySelector("[data-own]")?.dataset.own ?? 0);
}

function kept() {
  try {
    const value = Number.parseFloat(localStorage.getItem(KEY));
    return value > 0 && value < 1 ? value : null;
  } catch {
    return null; // storage switched off
  }
}

function keep(value) {
  try {
    if (value === null) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, value);
  } catch {
    // Storage switched off: the threshold holds for this page alone.
  }
}

function readAgain() {
  current = kept();
  changes.dispatchEvent(new Event("change"));
}

addEventListener("storage", ({ key }) => {
  if (key === KEY || key === null) readAgain();
});
// A page taken from the back-forward cache heard nothing of what was moved elsewhere.
addEventListener("pageshow", ({ persisted }) => {
  if (persisted) readAgain();
});
onChange(() => relabel());
if (current !== null) relabel();
