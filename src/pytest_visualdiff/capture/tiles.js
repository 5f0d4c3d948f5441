// A page that begins left of its origin or above it, for browsers whose own picture of a whole page
// does not: it is scrolled through, and what sticks to the viewport stays where it was at first.

/** How many of the undo steps were there before the first tile; null while there is none. */
let tiledFrom = /** @type {number | null} */ (null);

/**
 * What sticks to the viewport, and where on the page it has to stay.
 *
 * @type {Map<HTMLElement, { home: Point, shift: Point, own: Point }>}
 */
const pinned = new Map();

/**
 * Scrolls the page and answers where it is then; with no place, back to where it was before.
 *
 * @param {number | null} left
 * @param {number} top
 */
function tile(left, top) {
  if (left === null) {
    while (undo.length > (tiledFrom ?? undo.length)) attempt(/** @type {() => void} */ (undo.pop()));
    tiledFrom = null;
    return scrollTile(0, 0);
  }
  if (tiledFrom === null) {
    tiledFrom = undo.length;
    pinned.clear();
    roots().filter((root) => viewOf(root) === main).forEach(pin);
  }
  scrollTile(left, top);
  pinned.forEach((place, node) => attempt(() => keepAtHome(place, node)));
  return [main.scrollX, main.scrollY];
}

/**
 * @param {number} left
 * @param {number} top
 */
function scrollTile(left, top) {
  main.scrollTo({ left, top, behavior: "instant" });
  return [main.scrollX, main.scrollY];
}

/** @param {HTMLElement} node */
function placeOnPage(node) {
  const { left, top } = node.getBoundingClientRect();
  return /** @type {Point} */ ([left + main.scrollX, top + main.scrollY]);
}

/** @param {Root} root */
function pin(root) {
  const nodes = elementsOf(root);
  for (let at = 0; at < nodes.length; at++) {
    const style = styleOf(nodes[at]);
    if (!/^(fixed|sticky)$/.test(style.position) || style.display === "none") continue;
    const [across = 0, down = 0] = isSet(style.translate) ? pixelsIn(style.translate) : [];
    pinned.set(nodes[at], { home: placeOnPage(nodes[at]), shift: [0, 0], own: [across, down] });
  }
}

/**
 * @param {{ home: Point, shift: Point, own: Point }} place
 * @param {HTMLElement} node
 */
function keepAtHome(place, node) {
  const now = placeOnPage(node);
  const [x, y] = [place.home[0] - now[0], place.home[1] - now[1]];
  if (Math.hypot(x, y) < 0.01) return;
  place.shift = [place.shift[0] + x, place.shift[1] + y];
  const [across, down] = place.shift.map((side, at) => side + place.own[at]);
  restyle(node, { translate: `${across}px ${down}px`, transition: "none" });
}
