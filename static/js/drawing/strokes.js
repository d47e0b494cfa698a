/** A drawing as data: strokes on a sheet of fixed size, so that they outlive any screen and can be drawn again on any. */

export const SHEET = Object.freeze({ width: 576, height: 384 });

/**
 * What was drawn, and every earlier state of it.
 * A stroke is `{ width, points: [[x, y], …] }` in sheet units; strokes once finished never change.
 */
export class Drawing {
  #versions = [[]];
  #current = 0;

  constructor(strokes = []) {
    if (strokes.length) this.#commit(strokes);
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
    this.#commit([...this.strokes, stroke]);
  }

  clear() {
    if (!this.isEmpty) this.#commit([]);
  }

  undo() {
    if (this.canUndo) this.#current -= 1;
  }

  redo() {
    if (this.canRedo) this.#current += 1;
  }

  #commit(strokes) {
    this.#current += 1;
    this.#versions.splice(this.#current, Infinity, strokes);
  }
}

/* A drawing is kept for the tab until it has been read, so that a refused reading or a step back loses nothing. */

const KEY = "digitsite.drawing";

export function keep(strokes) {
  if (strokes.length) write({ strokes, sent: false });
  else forget();
}

export function markSent() {
  const kept = read();
  if (kept) write({ ...kept, sent: true });
}

/** The strokes kept for this tab, or none. */
export function kept() {
  return read()?.strokes ?? [];
}

export function forgetSent() {
  if (read()?.sent) forget();
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
