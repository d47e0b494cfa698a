/**
 * <keyboard-grid>: the sheet as a grid of cells, to draw on without a pointer.
 *
 * Arrow keys move, Space inks a cell or clears it, Shift with an arrow draws a line to the next cell, Escape closes.
 * A cell inked beside the last one is joined to it. What is inked are strokes on the sheet like all others.
 */

import { SHEET } from "./strokes.js";

const CELL = 48; // sheet units
const COLUMNS = SHEET.width / CELL;
const ROWS = SHEET.height / CELL;
const STEPS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
const FIRST = [4, 1];

class KeyboardGrid extends HTMLElement {
  #at = FIRST; // column and row
  #passed = []; // the cells stepped on since one was inked, before this one
  #line = null; // the stroke that goes on when the next cell is beside its end

  connectedCallback() {
    this.pad = this.closest("drawing-pad");
    this.button = this.pad.querySelector("[name=grid]");
    this.help = document.getElementById(this.getAttribute("aria-describedby"));
    this.append(...Array.from({ length: ROWS }, (_, row) => this.#row(row)));
    this.addEventListener("keydown", (event) => this.#press(event));
    this.pad.addEventListener("drawing-change", () => this.#mark());
  }

  toggle(isOpen) {
    this.hidden = this.help.hidden = !isOpen;
    this.button.ariaExpanded = String(isOpen);
    this.#mark();
    if (isOpen) this.#cell.focus();
    else this.button.focus();
  }

  #row(y) {
    const row = Object.assign(document.createElement("div"), { role: "row" });
    row.append(...Array.from({ length: COLUMNS }, (_, x) => this.#newCell(x, y)));
    return row;
  }

  #newCell(x, y) {
    const name = this.dataset.cell.replace("{row}", y + 1).replace("{column}", x + 1);
    return Object.assign(document.createElement("div"), { role: "gridcell", tabIndex: -1, ariaLabel: name });
  }

  get #cell() {
    const [x, y] = this.#at;
    return this.children[y].children[x];
  }

  #press(event) {
    const step = STEPS[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (step) this.#move(step, event.shiftKey);
    else if (event.key === " ") this.#toggleInk();
    else if (event.key === "Escape") this.toggle(false);
    else return;
    event.preventDefault();
  }

  #move([dx, dy], draws) {
    const [x, y] = this.#at;
    if (draws && !this.#isInked(this.#at)) this.#ink();
    this.#passed.push(this.#at);
    this.#at = [Math.min(COLUMNS - 1, Math.max(0, x + dx)), Math.min(ROWS - 1, Math.max(0, y + dy))];
    if (draws) this.#ink();
    this.#mark();
    this.#cell.focus();
  }

  #toggleInk() {
    if (this.#isInked(this.#at)) this.pad.strokes = this.pad.strokes.flatMap((stroke) => this.#without(stroke));
    else this.#ink();
  }

  /** Draws to the middle of the cell: on from the line that ends beside it, or that only ink parts from it; else from ink. */
  #ink() {
    const { strokes, penWidth } = this.pad;
    const last = strokes.at(-1);
    const inked = this.#inked();
    const isInked = (cell) => inked.has(String(cell));

    let begun = null;
    if (last && last === this.#line) {
      if (areBeside(this.#at, cellOf(last.points.at(-1)))) begun = last.points;
      else if (this.#passed.every(isInked)) begun = [...last.points, ...this.#passed.slice(1).map(middleOf)];
    }
    const before = begun ?? this.#passed.slice(-1).filter(isInked).map(middleOf);

    this.#line = { width: begun ? last.width : penWidth, points: [...before, middleOf(this.#at)] };
    this.pad.strokes = [...(begun ? strokes.slice(0, -1) : strokes), this.#line];
    this.#passed = [];
  }

  /** What is left of a stroke without its points in this cell. */
  #without({ width, points }) {
    const pieces = [[]];
    for (const point of points) {
      if (String(cellOf(point)) === String(this.#at)) pieces.push([]);
      else pieces.at(-1).push(point);
    }
    return pieces.filter((piece) => piece.length).map((piece) => ({ width, points: piece }));
  }

  #isInked(cell) {
    return this.#inked().has(String(cell));
  }

  #inked() {
    return new Set(this.pad.allStrokes.flatMap(({ points }) => points.map((point) => String(cellOf(point)))));
  }

  #mark() {
    if (this.hidden) return;
    const inked = this.#inked();
    for (const [y, row] of [...this.children].entries()) {
      for (const [x, cell] of [...row.children].entries()) {
        cell.ariaSelected = String(inked.has(`${x},${y}`));
        cell.tabIndex = cell === this.#cell ? 0 : -1;
      }
    }
  }
}

function cellOf(point) {
  return point.map((value) => Math.floor(value / CELL));
}

function middleOf(cell) {
  return cell.map((place) => (place + 0.5) * CELL);
}

function areBeside(one, other) {
  return one.every((place, axis) => Math.abs(place - other[axis]) <= 1);
}

customElements.define("keyboard-grid", KeyboardGrid);
