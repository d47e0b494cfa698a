/** Pointer events turned into strokes: one pointer at a time, every point the device reported, palms ignored beside a pen. */

/**
 * Calls `begin(point)`, `extend(points, predicted)`, `end()` and `cancel()` while someone draws on `surface`.
 * Points are `[x, y]` in fractions of the surface's width and height; the predicted ones may never be reached.
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
    drawing = { id: event.pointerId, type: event.pointerType };
    surface.setPointerCapture(event.pointerId);
    begin(...places([event]));
  }

  function move(event) {
    if (event.pointerType === "pen") penSeen = true; // it hovers before it touches, and so before the palm does
    if (event.pointerId !== drawing?.id) return;
    const reported = event.getCoalescedEvents?.() ?? [];
    extend(places(reported.length ? reported : [event]), places(event.getPredictedEvents?.() ?? []));
  }

  function places(events) {
    const { left, top, width, height } = surface.getBoundingClientRect();
    return events.map(({ clientX, clientY }) => [(clientX - left) / width, (clientY - top) / height]);
  }

  function stop(how) {
    drawing = null;
    how();
  }

  const on = (type, listener, options) => surface.addEventListener(type, listener, { ...options, signal });
  on("pointerdown", down);
  on("pointermove", move);
  on("pointerup", (event) => event.pointerId === drawing?.id && stop(end));
  on("pointercancel", (event) => event.pointerId === drawing?.id && stop(cancel));
  on("touchmove", (event) => event.preventDefault(), { passive: false }); // else a tablet takes a pen for handwriting
}
