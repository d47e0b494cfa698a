/** Which of some boxes on a page a key leads to from one of them, as they are laid out at the moment. */

const SAME_ROW_PX = 4;

/** The element that an arrow, Home or End leads to; nothing where it leads nowhere, or for another key. */
export function neighbour(elements, from, key, direction) {
  const place = elements.indexOf(from);
  const [forward, back] = direction === "rtl" ? ["ArrowLeft", "ArrowRight"] : ["ArrowRight", "ArrowLeft"];
  switch (key) {
    case forward:
      return elements[place + 1];
    case back:
      return elements[place - 1];
    case "Home":
      return elements[0];
    case "End":
      return elements.at(-1);
    case "ArrowDown":
      return inNextRow(elements.slice(place + 1), from);
    case "ArrowUp":
      return inNextRow(elements.slice(0, place).reverse(), from);
    default:
      return undefined;
  }
}

/** Of the first row that begins beyond this one, the element that is nearest to it sideways. */
function inNextRow(others, from) {
  const { top, left } = from.getBoundingClientRect();
  const boxes = others.map((element) => ({ element, box: element.getBoundingClientRect() }));
  const row = boxes.find(({ box }) => Math.abs(box.top - top) > SAME_ROW_PX)?.box.top;
  const inRow = boxes.filter(({ box }) => Math.abs(box.top - row) <= SAME_ROW_PX);
  inRow.sort((a, b) => Math.abs(a.box.left - left) - Math.abs(b.box.left - left));
  return inRow[0]?.element;
}
