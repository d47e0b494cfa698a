/** What a key stands for in the review queue. */

const LETTERS = { x: "not_a_digit", u: "unusable", s: "skip", z: "undo", h: "hide" };
const FIELDS = "input, select, textarea, [contenteditable]:not([contenteditable=false])";
const PRESSED_BY_SPACE = "button, a, summary";

/**
 * "0" to "9", "accept", "not_a_digit", "unusable", "skip", "undo", "hide" or "help"; null for a key that is not ours:
 * held down, with a modifier, meant for a field, or Space on something that it presses.
 */
export function meaningOf(event) {
  if (event.repeat || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return null;
  if (event.target.closest(FIELDS)) return null;
  if (/^[0-9]$/.test(event.key)) return event.key; // some keyboards have their digits behind Shift
  if (event.key === "?") return "help";
  if (event.shiftKey) return null;
  if (event.key === " ") return event.target.closest(PRESSED_BY_SPACE) ? null : "accept";
  return LETTERS[event.key.toLowerCase()] ?? null;
}
