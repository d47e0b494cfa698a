/** Pointer events turned into strokes: one pointer at a time, every point the device reported, palms ignored beside a pen. */

/**
 * Calls `begin(point)`, `extend(points)`, `end()` and `cancel()` while someone draws on `surface`.
 * Points are `[x, y]` in fractions of the surface's width and height.
 */
export function followPointer(surface, { begin, extend, end, cancel }, signal) {
  let drawing = null; // the pointer whose stroke is being drawn
  let penSeen = false;

  function down(event) {
    if (event.button !== 0) return;
    if (event.pointerType === "pen") {
      penSeen = true;
      if (drawing?.type === "touch") stop(cancel); // the palm came down before the pen
    }
    if (drawing || (penSeen && event.pointerType === "touch")) return;
    drawing = { id: event.pointerId, type: event.pointerType, box: surface.getBoundingClientRect() };
    surface.setPointerCapture(event.pointerId);
    begin(place(event));
  }

  function move(event) {
    if (event.pointerId !== drawing?.id) return;
    const events = event.getCoalescedEvents?.() ?? [];
    extend((events.length ? events : [event]).map(place));
  }

  function place({ clientX, clientY }) {
    const { left, top, width, height } = drawing.box;
    return [(clientX - left) / width, (clientY - top) / height];
  }

  function stop(how) {
    drawing = null;
    how();
  }

  const on = (type, listener) => surface.addEventListener(type, listener, { signal });
  on("pointerdown", down);
  on("pointermove", move);
  on("pointerup", (event) => event.pointerId === drawing?.id && stop(end));
  on("pointercancel", (event) => event.pointerId === drawing?.id && stop(cancel));
}
