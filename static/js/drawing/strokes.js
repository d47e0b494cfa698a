/** A drawing as data: strokes on a sheet of fixed size, so that they outlive any screen and can be drawn again on any. */

export const SHEET = Object.freeze({ width: 576, height: 432 });

/**
 * What was drawn, and every earlier state of it.
 * A stroke is `{ width, points: [[x, y], …] }` in sheet units; strokes once finished never change.
 */
export class Drawing {
  #versions = [[]];
  #current = 0;

  constructor(strokes = []) {
    if (strokes.length) this.replace(strokes);
  }

  get strokes() {
    return this.#versions[this.#current];
  }

  get isEmpty() {
    return this.strokes.length === 0;
  }

  get canUndo() {
    return this.#current > 0;
  }

  get canRedo() {
    return this.#current < this.#versions.length - 1;
  }

  add(stroke) {
    this.replace([...this.strokes, stroke]);
  }

  /** Puts other strokes on the sheet; those before can be had back. */
  replace(strokes) {
    this.#current += 1;
    this.#versions.splice(this.#current, Infinity, strokes);
  }

  clear() {
    if (!this.isEmpty) this.replace([]);
  }

  undo() {
    if (this.canUndo) this.#current -= 1;
  }

  redo() {
    if (this.canRedo) this.#current += 1;
  }
}

/* A drawing is kept for the tab, so that a refused reading, a reload or a step back loses nothing. Once it has been
   read, only a step back or a reload brings it again: who comes by a link wants an empty sheet. */

const KEY = "digitsite.drawing";

export function keep(strokes) {
  if (strokes.length) write({ strokes, state: "drawn" });
  else forget();
}

export function markSent() {
  const kept = read();
  if (kept) write({ ...kept, state: "sent" });
}

/** Says that what was sent has been read; to be called where the reading is shown. */
export function markRead() {
  const kept = read();
  if (kept?.state === "sent") write({ ...kept, state: "read" });
}

/** The strokes kept for this tab that belong on the sheet now, or none. */
export function kept() {
  const kept = read();
  if (!Array.isArray(kept?.strokes)) return [];
  if (kept.state !== "read" || cameBack()) return kept.strokes;
  forget();
  return [];
}

function cameBack() {
  const [navigation] = performance.getEntriesByType("navigation");
  return ["back_forward", "reload"].includes(navigation?.type);
}

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY));
  } catch {
    return null; // storage switched off, or something else under our key
  }
}

function write(value) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(value));
  } catch {
    // Storage full or switched off: the drawing lives on the page alone.
  }
}

function forget() {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Storage switched off: nothing was kept.
  }
}
