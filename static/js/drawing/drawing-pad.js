/**
 * <drawing-pad>: a sheet to draw on in place of the form's file field.
 *
 * When the form is sent, the drawing goes into that file field as a PNG, and the form takes its usual way.
 * The attribute `empty` says that nothing is drawn yet.
 */

import { followPointer } from "./pointer.js";
import { show, toFile } from "./rendering.js";
import { Drawing, SHEET, keep, kept, markSent } from "./strokes.js";

class DrawingPad extends HTMLElement {
  #drawing = new Drawing(kept());
  #stroke = null; // the one being drawn
  #frame = null;
  #listening = null;

  connectedCallback() {
    this.form = this.closest("form");
    this.canvas = this.querySelector("canvas");
    this.field = this.querySelector("input[type=file]");
    this.field.required = false; // an empty sheet is told so in our own words
    this.note = this.querySelector("[role=status]");

    this.#listening = new AbortController();
    const { signal } = this.#listening;
    followPointer(this.canvas, this.#pen(), signal);
    this.addEventListener("keydown", (event) => this.#press(event), { signal });
    this.addEventListener("click", (event) => this.#use(event.target.closest("button")), { signal });
    this.form.addEventListener("submit", (event) => this.#send(event), { signal });

    this.sizes = new ResizeObserver(() => this.#redraw());
    this.sizes.observe(this.canvas);
    this.#changed();
  }

  disconnectedCallback() {
    this.#listening.abort();
    this.sizes.disconnect();
  }

  #pen() {
    const onSheet = ([x, y]) => [round(x * SHEET.width), round(y * SHEET.height)];
    const finish = () => {
      if (this.#stroke) this.#drawing.add(this.#stroke);
      this.#stroke = null;
      this.#changed();
    };
    return {
      begin: (point) => {
        this.#stroke = { width: this.querySelector(".pad-width").valueAsNumber, points: [onSheet(point)] };
        this.#refresh();
      },
      extend: (points) => {
        this.#stroke.points.push(...points.map(onSheet));
        this.#redraw();
      },
      end: finish,
      cancel: () => {
        this.#stroke = null;
        this.#refresh();
      },
    };
  }

  #press(event) {
    const command = event.ctrlKey || event.metaKey;
    const key = event.key.toLowerCase();
    if (key === "enter" && event.target === this.canvas) this.form.requestSubmit();
    else if (command && key === "z") this.#change(event.shiftKey ? "redo" : "undo");
    else if (command && key === "y") this.#change("redo");
    else return;
    event.preventDefault();
  }

  #use(button) {
    if (button && button.ariaDisabled !== "true") this.#change(button.name);
  }

  /** undo, redo or clear */
  #change(what) {
    if (this.#stroke) return;
    this.#drawing[what]();
    this.#changed();
  }

  #changed() {
    keep(this.#drawing.strokes);
    this.#refresh();
  }

  #refresh() {
    const able = { undo: this.#drawing.canUndo, redo: this.#drawing.canRedo, clear: !this.#drawing.isEmpty };
    for (const [name, can] of Object.entries(able)) {
      this.querySelector(`[name=${name}]`).ariaDisabled = String(!can);
    }
    const empty = this.#drawing.isEmpty && !this.#stroke;
    this.toggleAttribute("empty", empty);
    if (!empty) this.#say("");
    this.#redraw();
  }

  #redraw() {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = null;
      show(this.canvas, this.#stroke ? [...this.#drawing.strokes, this.#stroke] : this.#drawing.strokes);
    });
  }

  #send(event) {
    if (this.#drawing.isEmpty) {
      event.preventDefault();
      this.#say(this.note.dataset.empty);
      this.canvas.focus();
      return;
    }
    const files = new DataTransfer();
    files.items.add(toFile(this.#drawing.strokes));
    this.field.files = files.files;
    this.form.elements.source.value = "draw"; // without this script the form uploads a file
    markSent();
  }

  #say(text) {
    this.note.textContent = text;
  }
}

function round(value) {
  return Math.round(value * 10) / 10;
}

customElements.define("drawing-pad", DrawingPad);
