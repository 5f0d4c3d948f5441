// The picture proves itself: marks are shown at known places, where the picture must have them, and
// what is redacted is hidden, so that nothing but the covered areas may change. The picture of the
// marks is never kept.

const MARK_COLOURS = ["#f0f", "#0f0", "#0ff", "#ff0"];

/** How many of the undo steps were there before the proof; null while there is none. */
let provenFrom = /** @type {number | null} */ (null);

/**
 * Shows the marks and hides what is redacted; answers where the marks must be seen, and what decorates
 * the secrets.
 *
 * @returns {{ points: MarkPoint[], decorated: Rect[] }}
 */
function prove() {
  unprove();
  provenFrom = undo.length;
  forgetBoxes();
  const shown = picture(wide);
  const secrets = request.redact.flatMap((entry) => attempt(() => matchesOf(entry), []));
  const decorated = secrets.flatMap((node) => attempt(() => decorations(node), []));
  const points = [...pageMarks(shown), ...frameMarks(shown)];
  for (const node of secrets) attempt(() => fade(node));
  return { points, decorated };
}

/** So many layers of shadow are decoration; more may draw a picture. */
const MOST_SHADOWS = 4;

/**
 * What an element, or something in it, shows around its box that tells nothing: outlines and shadows.
 *
 * @param {Element} node
 */
function decorations(node) {
  return [node, ...node.querySelectorAll("*")].flatMap((one) => {
    if (listed(styleOf(one).boxShadow, ",").length > MOST_SHADOWS) return [];
    // What a browser draws for "auto" is wider than it says.
    const ring = styleOf(one).outlineStyle === "auto" ? 3 : 0;
    const [left, top, right, bottom] = reach(one).map((side) => side + ring);
    if (left + top + right + bottom <= 0) return [];
    const { x, y, width, height } = plain(one.getBoundingClientRect());
    const grown = { x: x - left, y: y - top, width: width + left + right, height: height + top + bottom };
    return [around(outward(shapeOf(grown), viewOf(one)).shape)];
  });
}

/** Takes the marks away, and shows again what was hidden. */
function unprove() {
  if (provenFrom === null) return;
  while (undo.length > provenFrom) attempt(/** @type {() => void} */ (undo.pop()));
  provenFrom = null;
}

/**
 * Makes an element transparent: unlike a hidden one it keeps the focus.
 *
 * @param {Element} node
 */
function fade(node) {
  if (styleOf(node).display === "contents") [...node.children].forEach(fade);
  else restyle(/** @type {HTMLElement} */ (node), { opacity: "0", transition: "none" });
}

/**
 * Marks in the first and the last corner of the picture.
 *
 * @param {Rect} shown
 */
function pageMarks({ x, y, width, height }) {
  const size = Math.min(16, Math.floor(Math.min(width, height) / 2) - 1);
  if (size < 4) return [];
  const [left, top] = [Math.ceil(x), Math.ceil(y)];
  const [right, bottom] = [Math.floor(x + width) - size, Math.floor(y + height) - size];
  return [...mark(main.document, left, top, size, 2), ...mark(main.document, right, bottom, size, 2)];
}

/**
 * A mark in each frame that holds the target or something of an area.
 *
 * @param {Rect} shown
 */
function frameMarks(shown) {
  /** @type {Map<Document, Element>} */
  const inner = new Map();
  const areas = [...request.mask, ...request.redact, ...request.region];
  for (const node of [target, ...areas.flatMap((entry) => attempt(() => matchesOf(entry), []))]) {
    if (node && node.ownerDocument !== main.document) inner.set(node.ownerDocument, node);
  }
  return [...inner].flatMap(([page, node]) => {
    const { left, top, width, height } = node.getBoundingClientRect();
    const size = Math.min(16, Math.floor(Math.min(width, height)));
    const at = [Math.round(left + width / 2 - size / 2), Math.round(top + height / 2 - size / 2)];
    const seen = cross(around(outward(shapeOf({ x: at[0], y: at[1], width: size, height: size }), viewOf(page)).shape), shown);
    return size < 4 || Math.min(seen.width, seen.height) < 6 ? [] : mark(page, at[0], at[1], size, size / 4);
  });
}

/**
 * One mark of four colours at a place of a document's viewport; answers where its colours must be seen.
 *
 * @param {Document} page
 * @param {number} left
 * @param {number} top
 * @param {number} size
 * @param {number} inset how far from the mark's corners they are looked for
 * @returns {MarkPoint[]}
 */
function mark(page, left, top, size, inset) {
  const node = page.createElement("div");
  const half = `${size / 2}px`;
  const corner = (/** @type {number} */ at, /** @type {string} */ where) =>
    `linear-gradient(${MARK_COLOURS[at]},${MARK_COLOURS[at]}) ${where}/${half} ${half} no-repeat`;
  const background = ["0 0", "100% 0", "100% 100%", "0 100%"].map((where, at) => corner(at, where)).join(",");
  const view = viewOf(page);
  const values = {
    all: "initial", position: "absolute", left: `${left + view.scrollX}px`, top: `${top + view.scrollY}px`,
    width: `${size}px`, height: `${size}px`, margin: "0", padding: "0", border: "0", background,
    "z-index": "2147483647", display: "block", "pointer-events": "none", overflow: "hidden",
    "forced-color-adjust": "none", "color-scheme": "only light",
  };
  for (const [name, value] of Object.entries(values)) node.style.setProperty(name, value, "important");
  undo.push(() => node.remove());
  page.documentElement.append(node);
  // Above everything, and out of all transforms.
  attempt(() => {
    node.popover = "manual";
    node.showPopover();
  });
  if (node.currentCSSZoom) node.style.setProperty("zoom", String(1 / node.currentCSSZoom), "important");
  const box = node.getBoundingClientRect();
  const off = [left - box.left, top - box.top];
  if (Math.hypot(...off) > 0.01) {
    node.style.setProperty("left", `${left + view.scrollX + off[0]}px`, "important");
    node.style.setProperty("top", `${top + view.scrollY + off[1]}px`, "important");
  }
  const area = around(outward(shapeOf({ x: left, y: top, width: size, height: size }), view, false).shape);
  return corners(left + inset, top + inset, left + size - inset, top + size - inset).map((point, at) => {
    const [[x, y]] = outward([point], view, false).shape;
    return { x, y, colour: MARK_COLOURS[at], area };
  });
}

/** What makes a picture's geometry unusual, in words: then it is proven each time. */
function unusual() {
  const words = [];
  const [left, top] = scrollStart();
  if (left < 0 || top < 0) words.push("a page that begins left of its origin or above it");
  if (main.visualViewport && Math.abs(main.visualViewport.scale - 1) > 0.001) words.push("a magnified page");
  if ([main.document.documentElement, main.document.body].some((node) => node && (node.currentCSSZoom || 1) !== 1)) words.push("zoom");
  if (target && viewOf(target) !== main) words.push("a frame");
  if (target && JSON.stringify(matrixOf(target)) !== JSON.stringify(IDENTITY)) words.push("a transform");
  return words;
}
