/**
 * <drawing-pad>: a sheet to draw on in place of the form's file field.
 *
 * When the form is sent, the drawing goes into that file field as a PNG, and the form takes its usual way.
 * The attribute `empty` says that nothing is drawn yet. Each change is told by the event `drawing-change`, whose detail
 * says whether a stroke is being drawn (`isPenDown`) or has just been finished (`isLifted`).
 */

import { followPointer } from "./pointer.js";
import { Print, Screen } from "./rendering.js";
import { Drawing, SHEET, keep, kept, markSent } from "./strokes.js";

const SAMPLE_STEP = 4; // sheet units from point to point of a sample's strokes

class DrawingPad extends HTMLElement {
  #drawing = new Drawing(kept());
  #stroke = null; // the one being drawn
  #screen = null;
  #print = new Print();
  #isBringing = false; // the form goes with a file that was dropped or pasted, not with the drawing
  #listening = null;

  connectedCallback() {
    this.form = this.closest("form");
    this.canvas = this.querySelector("canvas");
    this.field = this.querySelector("input[type=file]");
    this.field.required = false; // an empty sheet is told so in our own words
    this.note = this.querySelector(".pad-note");
    this.#screen = new Screen(this.canvas, this.querySelector(".pad-tip"));

    this.#listening = new AbortController();
    const { signal } = this.#listening;
    followPointer(this.canvas, this.#pen(), signal);
    this.addEventListener("keydown", (event) => this.#press(event), { signal });
    this.addEventListener("click", (event) => this.#use(event), { signal });
    this.form.addEventListener("submit", (event) => this.#send(event), { signal });
    for (const type of ["dragover", "dragleave", "drop", "paste"]) {
      document.addEventListener(type, (event) => this.#take(event), { signal });
    }
    for (const near of ["pointerenter", "pointerdown", "focusin"]) {
      this.addEventListener(near, fetchCompanions, { once: true, signal });
    }

    this.sizes = new ResizeObserver(() => this.#redraw());
    this.sizes.observe(this.canvas);
    this.#watchResolution(signal);
    this.#takeAskedForSample();
    if (!this.isEmpty) fetchCompanions();
    this.#refresh();
  }

  disconnectedCallback() {
    this.#listening.abort();
    this.sizes.disconnect();
  }

  get strokes() {
    return this.#drawing.strokes;
  }

  set strokes(strokes) {
    this.#drawing.replace(strokes);
    this.#changed();
  }

  /** The strokes with the one that is being drawn. */
  get allStrokes() {
    return this.#stroke ? [...this.strokes, this.#stroke] : this.strokes;
  }

  get isEmpty() {
    return this.#drawing.isEmpty && !this.#stroke;
  }

  get penWidth() {
    return this.querySelector(".pad-width").valueAsNumber;
  }

  /** The drawing as it is now, as a PNG. */
  toBlob() {
    return this.#print.toBlob(this.strokes, this.#stroke);
  }

  #pen() {
    return {
      begin: (point) => {
        this.#stroke = { width: this.penWidth, points: [onSheet(point)] };
        this.#screen.extend(this.#stroke);
        this.#refresh();
        this.#tell({ isPenDown: true });
      },
      extend: (points, predicted) => {
        for (const point of points.map(onSheet)) {
          if (String(point) !== String(this.#stroke.points.at(-1))) this.#stroke.points.push(point);
        }
        this.#screen.extend(this.#stroke, predicted.map(onSheet));
        this.#tell({ isPenDown: true });
      },
      end: () => this.#lift(),
      cancel: () => {
        this.#stroke = null;
        this.#redraw();
        this.#changed();
      },
    };
  }

  #lift() {
    this.#screen.finish(this.#stroke);
    this.#drawing.add(this.#stroke);
    this.#stroke = null;
    keep(this.strokes);
    this.#refresh();
    this.#tell({ isLifted: true });
  }

  #press(event) {
    const command = event.ctrlKey || event.metaKey;
    const key = event.key.toLowerCase();
    if (command && key === "z") this.#change(event.shiftKey ? "redo" : "undo");
    else if (command && key === "y") this.#change("redo");
    else if (command || !event.target.closest(".pad-sheet")) return;
    else if (key === "enter") this.form.requestSubmit();
    else if (key === "delete") this.#change("clear");
    else return;
    event.preventDefault();
  }

  #use(event) {
    const button = event.target.closest("button");
    const sample = event.target.closest(".sample");
    if (button?.name === "grid") this.#toggleGrid(button);
    else if (button && button.ariaDisabled !== "true") this.#change(button.name);
    if (!sample || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.strokes = strokesOf(sample);
    this.canvas.scrollIntoView({ block: "nearest" });
    this.canvas.focus({ preventScroll: true });
  }

  async #toggleGrid(button) {
    await import("./keyboard-grid.js");
    const grid = this.querySelector("keyboard-grid");
    grid.toggle(button.ariaExpanded !== "true");
  }

  /** An address such as /?sample=7 brings a sample along; a reload of the page does not bring it again. */
  #takeAskedForSample() {
    const asked = new URLSearchParams(location.search).get("sample");
    if (asked === null) return;
    const sample = [...this.querySelectorAll(".sample")].find((each) => each.dataset.sample === asked);
    if (sample) this.#drawing.replace(strokesOf(sample));
    keep(this.strokes);
    history.replaceState(null, "", location.pathname);
  }

  /** undo, redo or clear */
  #change(what) {
    if (this.#stroke) return;
    this.#drawing[what]();
    this.#changed();
  }

  #changed() {
    keep(this.strokes);
    this.#redraw();
    this.#refresh();
    this.#tell({});
  }

  #tell(detail) {
    this.dispatchEvent(new CustomEvent("drawing-change", { detail }));
  }

  #refresh() {
    const able = { undo: this.#drawing.canUndo, redo: this.#drawing.canRedo, clear: !this.#drawing.isEmpty };
    for (const [name, can] of Object.entries(able)) {
      this.querySelector(`[name=${name}]`).ariaDisabled = String(!can);
    }
    this.toggleAttribute("empty", this.isEmpty);
    if (!this.isEmpty) this.note.textContent = "";
  }

  #redraw() {
    this.#screen.show(this.strokes, this.#stroke);
  }

  /** Another screen, or another zoom, has other pixels. */
  #watchResolution(signal) {
    const change = () => {
      this.#redraw();
      this.#watchResolution(signal);
    };
    matchMedia(`(resolution: ${devicePixelRatio}dppx)`).addEventListener("change", change, { once: true, signal });
  }

  /** A picture that is dropped or pasted is read in place of the drawing, which stays for the next time. */
  async #take(event) {
    const transfer = event.dataTransfer ?? event.clipboardData;
    if (!transfer?.types.includes("Files")) return;
    event.preventDefault();
    this.toggleAttribute("over", event.type === "dragover");
    if (event.type.startsWith("drag")) return;
    const files = [...transfer.files]; // gone once the event is over
    const { bring } = await import("./bringing.js");
    this.#isBringing = true;
    const isSent = bring(files, this.form, this.field);
    this.#isBringing = false;
    if (!isSent) this.note.replaceChildren(this.querySelector("template").content.cloneNode(true));
  }

  #send(event) {
    if (this.#isBringing) return;
    if (this.#stroke) this.#lift();
    if (this.isEmpty) {
      event.preventDefault();
      this.note.textContent = this.note.dataset.empty;
      this.canvas.focus();
      return;
    }
    const files = new DataTransfer();
    files.items.add(this.#print.toFile(this.strokes));
    this.field.files = files.files;
    this.form.elements.source.value = "draw"; // without this script the form uploads a file
    markSent();
  }
}

/** What is needed once somebody draws. */
function fetchCompanions() {
  import("../live-guess.js");
  import("../reading-form.js");
}

function strokesOf(sample) {
  return [...sample.querySelectorAll("path")].map((path) => {
    const steps = Math.ceil(path.getTotalLength() / SAMPLE_STEP);
    const points = Array.from({ length: steps + 1 }, (_, i) => path.getPointAtLength(i * SAMPLE_STEP));
    return { width: Number(path.getAttribute("stroke-width")), points: points.map(({ x, y }) => [round(x), round(y)]) };
  });
}

function onSheet([x, y]) {
  return [round(x * SHEET.width), round(y * SHEET.height)];
}

function round(value) {
  return Math.round(value * 10) / 10;
}

customElements.define("drawing-pad", DrawingPad);
