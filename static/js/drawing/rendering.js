/** Strokes made visible: on the screen at its own resolution, and as a PNG of one size whatever the screen. */

import { SHEET } from "./strokes.js";

/** Fits the canvas to its box in device pixels and draws the strokes in the canvas's own text colour. */
export function show(canvas, strokes) {
  const { clientWidth, clientHeight } = canvas;
  const width = Math.round(clientWidth * devicePixelRatio);
  const height = Math.round(clientHeight * devicePixelRatio);
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });

  const context = canvas.getContext("2d");
  context.clearRect(0, 0, width, height);
  draw(context, strokes, getComputedStyle(canvas).color, width / SHEET.width);
}

/** The drawing as a PNG file, black ink on white paper, one pixel a sheet unit. */
export function toFile(strokes) {
  const canvas = Object.assign(document.createElement("canvas"), SHEET);
  const context = canvas.getContext("2d");
  context.fillStyle = "white";
  context.fillRect(0, 0, SHEET.width, SHEET.height);
  draw(context, strokes, "black", 1);

  const [, base64] = canvas.toDataURL("image/png").split(",");
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return new File([bytes], "drawing.png", { type: "image/png" });
}

function draw(context, strokes, ink, scale) {
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.strokeStyle = ink;
  context.lineCap = context.lineJoin = "round";
  for (const { width, points } of strokes) {
    context.lineWidth = width;
    context.stroke(smooth(points));
  }
  context.resetTransform();
}

/** One curve through the midpoints of the points, each point its control; a single point becomes a dot. */
function smooth(points) {
  const path = new Path2D();
  path.moveTo(...points[0]);
  for (let i = 1; i < points.length - 1; i += 1) {
    path.quadraticCurveTo(...points[i], ...midpoint(points[i], points[i + 1]));
  }
  const [x, y] = points.at(-1);
  path.lineTo(x + 0.01, y); // a line of no length at all would leave no ink
  return path;
}

function midpoint([x1, y1], [x2, y2]) {
  return [(x1 + x2) / 2, (y1 + y2) / 2];
}
