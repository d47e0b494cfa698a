/* Measures what the page shows: each text against all that may lie behind it, both ends of every gradient included, and
   each control's edge or ground against what lies around it. Returns a line for each that is too faint.
   Source: WCAG 2.2, 1.4.3 and 1.4.11. */
() => {
  const pixel = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const COLOR = /(?:rgba?|oklch|oklab|lch|lab|color|hsla?)\([^()]*\)/g;
  const CONTROLS =
    ":is(input:not([type=hidden], #changelist-form [type=checkbox], [type=radio], [type=range], [type=file]), select," +
    " textarea, .button, .button-quiet, .button-danger)";

  const known = new Map();

  /* Return [red, green, blue, alpha] in 0-1 of any colour that a style computes to. */
  function rgba(color) {
    if (!known.has(color)) {
      pixel.clearRect(0, 0, 1, 1);
      pixel.fillStyle = color;
      pixel.fillRect(0, 0, 1, 1);
      known.set(color, [...pixel.getImageData(0, 0, 1, 1).data].map((value) => value / 255));
    }
    return known.get(color);
  }

  function over([r, g, b, a], below) {
    return [r, g, b].map((value, place) => value * a + below[place] * (1 - a));
  }

  function luminance(color) {
    const [r, g, b] = color.map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  }

  function contrast(one, other) {
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  }

  /* Return every colour that the element's own ground may have at some place, laid over those below it. */
  function paintedOn(element, below) {
    const style = getComputedStyle(element);
    const clipped = style.backgroundClip === "text";
    const grounds = clipped ? below : below.map((color) => over(rgba(style.backgroundColor), color));
    if (clipped || style.backgroundImage === "none") return grounds;
    const layers = style.backgroundImage.split(/,\s*(?=(?:repeating-)?(?:linear|radial|conic)-gradient|url)/).reverse();
    return layers.reduce((colors, layer) => {
      const stops = layer.match(COLOR) ?? [];
      const isPartial = !layer.startsWith("linear") || style.backgroundRepeat.includes("no-repeat");
      const painted = stops.flatMap((stop) => colors.map((color) => over(rgba(stop), color)));
      return isPartial || !stops.length ? [...colors, ...painted] : painted;
    }, grounds);
  }

  const grounds = new Map();
  function groundsOf(element) {
    if (!element) return [[1, 1, 1]];
    if (!grounds.has(element)) {
      const colors = paintedOn(element, groundsOf(element.parentElement));
      const different = new Map(colors.map((color) => [color.map((value) => value.toFixed(3)).join(), color]));
      grounds.set(element, [...different.values()]);
    }
    return grounds.get(element);
  }

  function opacityOf(element) {
    return element ? Number(getComputedStyle(element).opacity) * opacityOf(element.parentElement) : 1;
  }

  function isShown(element) {
    const { width, height } = element.getBoundingClientRect();
    return width > 1 && height > 1 && element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  }

  const isDisabled = (element) => element.closest(":disabled, [aria-disabled=true], [inert]");
  const named = (element) => `<${element.localName} class="${element.getAttribute("class") ?? ""}" id="${element.id}">`;

  /* Return the least contrast of a colour with any of these. */
  function worst(color, others, opacity = 1) {
    const [r, g, b, a] = rgba(color);
    return Math.min(...others.map((other) => contrast(over([r, g, b, a * opacity], other), other)));
  }

  function faintText(element) {
    const texts = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
    const text = texts.map((node) => node.data.trim()).join(" ").trim();
    if (!text || !isShown(element) || isDisabled(element) || element.closest("svg, canvas, option, noscript")) return [];
    const style = getComputedStyle(element);
    const size = parseFloat(style.fontSize);
    const least = size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? 3 : 4.5;
    const colors = style.backgroundClip === "text" ? style.backgroundImage.match(COLOR) : [style.color];
    const found = Math.min(...colors.map((color) => worst(color, groundsOf(element), opacityOf(element))));
    return found < least ? [`text ${found.toFixed(2)} of ${least}: ${named(element)} ${text.slice(0, 40)}`] : [];
  }

  function faintEdge(element) {
    if (!isShown(element) || isDisabled(element)) return [];
    const around = groundsOf(element.parentElement);
    const style = getComputedStyle(element);
    const edge = parseFloat(style.borderBottomWidth) > 0 ? worst(style.borderBottomColor, around) : 1;
    const ground = Math.min(...groundsOf(element).flatMap((own) => around.map((color) => contrast(own, color))));
    const found = Math.max(edge, ground);
    return found < 3 ? [`edge ${found.toFixed(2)} of 3: ${named(element)}`] : [];
  }

  return [
    ...[...document.body.querySelectorAll("*")].flatMap(faintText),
    ...[...document.querySelectorAll(CONTROLS)].flatMap(faintEdge),
  ];
}
