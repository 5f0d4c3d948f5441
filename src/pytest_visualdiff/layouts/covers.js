// What lies on top of each element, of what one can see. Part of the script that reads a layout.

/**
 * The innermost element that lies on top at a point of the window.
 *
 * @param {number} x
 * @param {number} y
 */
function deepest(x, y) {
  /** @type {Root} */
  let root = view.document;
  /** @type {Element | null} */
  let found = null;
  let [left, top] = [x, y];
  for (let depth = 0; depth < 20; depth++) {
    /** @type {Element | null} */
    const node = root.elementFromPoint(left, top);
    if (!node || node === found) return found;
    found = node;
    if (node.shadowRoot) root = node.shadowRoot;
    else {
      /** @type {Document | null} */
      const document = isFrame(node) ? attempt(() => node.contentDocument) : null;
      if (!document) return found;
      const frame = node.getBoundingClientRect();
      [left, top, root] = [left - frame.left - node.clientLeft, top - frame.top - node.clientTop, document];
    }
  }
  return found;
}

/**
 * The row of a node, or of the nearest element around it that was read; -1 where there is none.
 *
 * @param {Node | null} node
 */
function known(node) {
  for (let at = node; at; ) {
    const number = index.get(at);
    if (number !== undefined) return number;
    const { host, defaultView } = /** @type {Node & { host?: Element, defaultView?: View | null }} */ (at);
    at = at.parentNode || host || (defaultView && defaultView.frameElement) || null;
  }
  return -1;
}

/**
 * Whether one of two elements lies inside of the other.
 *
 * @param {number} a
 * @param {number} b
 */
function related(a, b) {
  for (let at = a; at >= 0; at = numbers[at][PARENT]) if (at === b) return true;
  for (let at = b; at >= 0; at = numbers[at][PARENT]) if (at === a) return true;
  return false;
}

/**
 * The row of the topmost element that draws something at a point of the window; -1 where the
 * element itself, or one that it belongs to, is on top.
 *
 * @param {number} x
 * @param {number} y
 * @param {number} number
 */
function coverAt(x, y, number) {
  const top = deepest(x, y), cover = top ? known(top) : -1;
  if (!top || cover < 0 || related(cover, number) || drawsAt(top, cover, x, y)) return cover;
  // A stretched link or a transparent overlay takes the clicks, but one sees through it.
  for (const node of view.document.elementsFromPoint(x, y)) {
    const below = known(node);
    if (below < 0 || related(below, number)) return -1;
    if (node !== top && (node.shadowRoot || isFrame(node) || drawsAt(node, below, x, y))) return below;
  }
  return -1;
}

/**
 * Whether an element draws something at a point of the window that it is hit at.
 *
 * @param {Element} node
 * @param {number} number
 * @param {number} x
 * @param {number} y
 */
function drawsAt(node, number, x, y) {
  const row = numbers[number], point = /** @type {[number, number]} */ ([x + view.scrollX, y + view.scrollY]);
  if (!row[VISIBLE] || index.get(node) !== number) return !!row[VISIBLE];
  const holds = (/** @type {number} */ at) => inside([row[at], row[at + 1], row[at] + row[at + 2], row[at + 1] + row[at + 3]], point);
  const scope = node.ownerDocument.defaultView || view;
  if (holds(BOX) && (REPLACED.has(node.localName) || hasSurface(scope.getComputedStyle(node)))) return true;
  if (row[LINES] && holds(TEXT_BOX)) return true;
  return ["::before", "::after"].some((part) => {
    const style = scope.getComputedStyle(node, part);
    return !/^(?:none|normal)$/.test(style.content) && (hasSurface(style) || !/^(?:""|'')?$/.test(style.content)) && parseFloat(style.opacity) > 0.02;
  });
}

/**
 * Whether a style paints an area: with a colour that one does not see through, or with a picture.
 *
 * @param {CSSStyleDeclaration} style
 */
function hasSurface(style) {
  const alpha = /^rgba\(.*,\s*([\d.]+)\)$|\/\s*([\d.]+)\)$/.exec(style.backgroundColor);
  return style.backgroundImage !== "none" || !alpha || parseFloat(alpha[1] || alpha[2]) > 0.3;
}

/**
 * Notes the element that lies on top of the middle of another one, if it is a foreign one.
 *
 * @param {number} number
 */
function probe(number) {
  const row = numbers[number];
  const [x, y] = middle(row);
  const cover = coverAt(x - view.scrollX, y - view.scrollY, number);
  const moved = view.scrollY !== startY || view.scrollX !== startX;
  if (cover < 0 || related(cover, number) || (moved && numbers[cover][FIXED])) return;
  row[COVER] = cover;
}

/**
 * Finds what lies on top of each element.
 *
 * Only what lies in the window can be touched, so the page is scrolled by, and back again.
 */
function hits() {
  /** @type {Map<number, number[]>} window's height down the page (-1: fixed to the window) → rows */
  const slices = new Map();
  const height = view.innerHeight;
  for (let number = 0; number < numbers.length; number++) {
    const row = numbers[number];
    if (!touchable[number] || row[SHOWN] < 0.5 || !(row[LINES] || REPLACED.has(words[number][0]))) continue;
    const inWindow = detailed && inside([startX, startY, startX + view.innerWidth, startY + height], middle(row));
    const slice = row[FIXED] || inWindow ? -1 : Math.floor(middle(row)[1] / height);
    const together = slices.get(slice);
    if (together) together.push(number);
    else slices.set(slice, [number]);
  }
  const go = (/** @type {number} */ left, /** @type {number} */ top) => view.scrollTo({ left, top, behavior: "instant" });
  for (const number of slices.get(-1) || []) probe(number);
  if (detailed) return; // a check must not scroll the page
  const ordered = [...slices.keys()].filter((slice) => slice >= 0).sort((a, b) => a - b);
  for (const slice of ordered) {
    if (slice * height !== view.scrollY) go(startX, slice * height);
    for (const number of slices.get(slice) || []) probe(number);
  }
  if (view.scrollY !== startY || view.scrollX !== startX) go(startX, startY);
}
