/** Strokes made visible: on the screen at its own resolution, and as a PNG of one size whatever the screen. */

import { SHEET } from "./strokes.js";

const LONGEST_TIP = 150; // points
const paths = new WeakMap(); // of strokes that are finished

/**
 * What is seen of the drawing: the ink on one canvas, and above it the tip, the last stretch of the stroke that is being
 * drawn, which is drawn anew with each move.
 */
export class Screen {
  #ink;
  #tip;
  #tipFrom = 1; // the number of the point with which the tip begins
  #tipBox = null; // where the tip canvas was drawn on, in sheet units

  constructor(ink, tip) {
    this.#ink = ink.getContext("2d");
    this.#tip = tip.getContext("2d", { desynchronized: true });
  }

  /** Draws everything anew, in the ink canvas's own text colour, at the resolution of the screen. */
  show(strokes, stroke) {
    const { color } = getComputedStyle(this.#ink.canvas);
    for (const context of [this.#ink, this.#tip]) {
      fit(context.canvas);
      const scale = context.canvas.width / SHEET.width;
      context.setTransform(scale, 0, 0, scale, 0, 0);
      context.clearRect(0, 0, SHEET.width, SHEET.height);
      dip(context, color);
    }
    this.#tipFrom = 1;
    this.#tipBox = null;
    for (const each of strokes) draw(this.#ink, each);
    if (stroke) this.extend(stroke);
  }

  /** Draws what is new of the stroke, and on to where it is predicted to go. */
  extend({ width, points }, predicted = []) {
    if (points.length - this.#tipFrom > LONGEST_TIP) {
      strike(this.#ink, width, curve(points, this.#tipFrom));
      this.#tipFrom = points.length - 1;
    }
    this.#wipeTip();
    strike(this.#tip, width, end(curve(points, this.#tipFrom), points, predicted));
    this.#tipBox = boxAround([...points.slice(Math.max(0, this.#tipFrom - 2)), ...predicted], width);
  }

  /** Makes the stroke, as it now is, part of the ink. */
  finish({ width, points }) {
    this.#wipeTip();
    strike(this.#ink, width, end(curve(points, this.#tipFrom), points));
    this.#tipFrom = 1;
  }

  #wipeTip() {
    if (this.#tipBox) this.#tip.clearRect(...this.#tipBox);
    this.#tipBox = null;
  }
}

/** The drawing as a picture, black ink on white paper, one pixel a sheet unit. */
export class Print {
  #finished = blank(); // with the finished strokes
  #whole = blank(); // and with the one that is being drawn
  #drawn = [];

  toBlob(strokes, stroke) {
    this.#draw(strokes, stroke);
    return new Promise((resolve) => this.#whole.canvas.toBlob(resolve, "image/png"));
  }

  /** At once, for a form that is on its way. */
  toFile(strokes) {
    this.#draw(strokes);
    const [, base64] = this.#whole.canvas.toDataURL("image/png").split(",");
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    return new File([bytes], "drawing.png", { type: "image/png" });
  }

  #draw(strokes, stroke) {
    if (!this.#drawn.every((drawn, i) => drawn === strokes[i])) {
      this.#finished.fillRect(0, 0, SHEET.width, SHEET.height);
      this.#drawn = [];
    }
    for (const each of strokes.slice(this.#drawn.length)) draw(this.#finished, each);
    this.#drawn = strokes;
    this.#whole.drawImage(this.#finished.canvas, 0, 0);
    if (stroke) strike(this.#whole, stroke.width, whole(stroke.points));
  }
}

function blank() {
  const canvas = Object.assign(document.createElement("canvas"), SHEET);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.fillStyle = "white";
  context.fillRect(0, 0, SHEET.width, SHEET.height);
  dip(context, "black");
  return context;
}

function dip(context, ink) {
  context.strokeStyle = ink;
  context.lineCap = context.lineJoin = "round";
}

/** Gives the canvas as many pixels as the screen has where it is. */
function fit(canvas) {
  const width = Math.max(1, Math.round(canvas.clientWidth * devicePixelRatio));
  const height = Math.max(1, Math.round(canvas.clientHeight * devicePixelRatio));
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
}

function draw(context, stroke) {
  if (!paths.has(stroke)) paths.set(stroke, whole(stroke.points));
  strike(context, stroke.width, paths.get(stroke));
}

function strike(context, width, path) {
  context.lineWidth = width;
  context.stroke(path);
}

function whole(points) {
  return end(curve(points, 1), points);
}

/** One curve through the midpoints of the points, each point its control, from the point number `from` to the last but one. */
function curve(points, from) {
  const path = new Path2D();
  path.moveTo(...startOf(points, from));
  for (let i = from; i < points.length - 1; i += 1) {
    path.quadraticCurveTo(...points[i], ...midpoint(points[i], points[i + 1]));
  }
  return path;
}

/** The last piece, from the curve's end to the last point, and on over those that are predicted. */
function end(path, points, predicted = []) {
  path.moveTo(...startOf(points, points.length - 1));
  const [x, y] = points.at(-1);
  path.lineTo(x + 0.01, y); // a line of no length at all would leave no ink
  for (const point of predicted) path.lineTo(...point);
  return path;
}

function startOf(points, from) {
  return from > 1 ? midpoint(points[from - 1], points[from]) : points[0];
}

function midpoint([x1, y1], [x2, y2]) {
  return [(x1 + x2) / 2, (y1 + y2) / 2];
}

function boxAround(points, margin) {
  const [xs, ys] = [0, 1].map((axis) => points.map((point) => point[axis]));
  const [left, top] = [Math.min(...xs) - margin, Math.min(...ys) - margin];
  return [left, top, Math.max(...xs) + margin - left, Math.max(...ys) + margin - top];
}
