// Where things are. All rectangles are CSS pixels of the viewport of the outermost window that may
// be read ("main"), whatever frame the driver is switched into.

/**
 * A rectangle seen from inside a frame, as main sees it: moved, and cut where the frame cuts it.
 *
 * @param {Rect} rect
 * @param {Window | null} view
 */
function outward({ x, y, width, height }, view) {
  while (view && view !== main) {
    const frame = /** @type {HTMLIFrameElement} */ (view.frameElement);
    const outer = frame.getBoundingClientRect();
    const style = view.parent.getComputedStyle(frame);
    const right = Math.min(x + width, view.innerWidth), bottom = Math.min(y + height, view.innerHeight);
    x = Math.max(x, 0);
    y = Math.max(y, 0);
    width = Math.max(0, right - x);
    height = Math.max(0, bottom - y);
    x += outer.left + frame.clientLeft + parseFloat(style.paddingLeft);
    y += outer.top + frame.clientTop + parseFloat(style.paddingTop);
    view = view.parent;
  }
  return { x, y, width, height };
}

/**
 * The border box of an element.
 *
 * @param {Element} node
 */
function rectOf(node) {
  const { left: x, top: y, width, height } = node.getBoundingClientRect();
  return outward({ x, y, width, height }, viewOf(node));
}

/**
 * The smallest rectangle around two; one without area does not count.
 *
 * @param {Rect} a
 * @param {Rect} b
 */
function union(a, b) {
  if (!a.width || !a.height) return b;
  if (!b.width || !b.height) return a;
  const x = Math.min(a.x, b.x), y = Math.min(a.y, b.y);
  const right = Math.max(a.x + a.width, b.x + b.width);
  const bottom = Math.max(a.y + a.height, b.y + b.height);
  return { x, y, width: right - x, height: bottom - y };
}

/**
 * What a mask has to cover: contents that overflow an element visibly are part of it.
 *
 * @param {Element} node
 */
function extent(node) {
  const view = viewOf(node);
  const style = view.getComputedStyle(node);
  const box = rectOf(node);
  if (style.overflowX !== "visible" || style.overflowY !== "visible") return box;
  const range = node.ownerDocument.createRange();
  range.selectNodeContents(node);
  const { left: x, top: y, width, height } = range.getBoundingClientRect();
  return union(box, outward({ x, y, width, height }, view));
}

/** @param {Element} node */
function isSeen(node) {
  const style = viewOf(node).getComputedStyle(node);
  return style.visibility === "visible" && style.display !== "none";
}

/**
 * How far box-shadow and outline reach beyond the border box: [left, top, right, bottom].
 *
 * @param {Element} node
 */
function reach(node) {
  const style = viewOf(node).getComputedStyle(node);
  const far = [0, 0, 0, 0];
  const grow = (/** @type {number[]} */ ...sides) => sides.forEach((side, at) => (far[at] = Math.max(far[at], side)));
  for (const layer of style.boxShadow.split(/,(?![^(]*\))/)) {
    const sizes = (layer.replace(/\([^)]*\)/g, "").match(/-?[\d.]+px/g) || []).map(parseFloat);
    if (sizes.length < 4 || /\binset\b/.test(layer)) continue;
    const [dx, dy, blur, spread] = sizes;
    const edge = blur + spread;
    grow(edge - dx, edge - dy, edge + dx, edge + dy);
  }
  if (style.outlineStyle !== "none") {
    const edge = parseFloat(style.outlineWidth) + parseFloat(style.outlineOffset);
    grow(edge, edge, edge, edge);
  }
  return far;
}

/** The rectangle that is seen without scrolling. */
function viewport() {
  return { x: 0, y: 0, width: main.innerWidth, height: main.innerHeight };
}

/** The rectangle of the page. */
function wholePage() {
  const all = scroller(main);
  return {
    x: -main.scrollX,
    y: -main.scrollY,
    width: Math.max(all.scrollWidth, all.clientWidth),
    height: Math.max(all.scrollHeight, all.clientHeight),
  };
}

/**
 * Whether one rectangle lies inside of another, but for rounding.
 *
 * @param {Rect} inner
 * @param {Rect} outer
 */
function within(inner, outer) {
  return (
    inner.x >= outer.x - 0.01 &&
    inner.y >= outer.y - 0.01 &&
    inner.x + inner.width <= outer.x + outer.width + 0.01 &&
    inner.y + inner.height <= outer.y + outer.height + 0.01
  );
}

/**
 * The part that two rectangles have in common.
 *
 * @param {Rect} a
 * @param {Rect} b
 */
function cross(a, b) {
  const x = Math.max(a.x, b.x), y = Math.max(a.y, b.y);
  const width = Math.min(a.x + a.width, b.x + b.width) - x;
  const height = Math.min(a.y + a.height, b.y + b.height) - y;
  return { x, y, width: Math.max(0, width), height: Math.max(0, height) };
}

/**
 * The rectangle that the picture shows.
 *
 * @param {boolean} [wide] whether it reaches beyond the viewport
 */
function picture(wide) {
  if (!target) return wide ? wholePage() : viewport();
  const { x, y, width, height } = rectOf(target);
  const [left, top, right, bottom] = request.shadow ? reach(target) : [0, 0, 0, 0];
  const grown = { x: x - left, y: y - top, width: width + left + right, height: height + top + bottom };
  return cross(grown, union(wholePage(), viewport()));
}

/**
 * Finds the visible rectangles of one mask, redact or region entry, or says why there are none.
 *
 * @param {AreaEntry} entry
 * @returns {AreaAnswer}
 */
function resolve(entry) {
  let found;
  try {
    found = entry.css === undefined ? [elements[entry.element]] : find(entry.css);
  } catch (error) {
    return { problem: "invalid", detail: String(/** @type {Error} */ (error).message || error) };
  }
  if (!found.length) return { problem: "missing" };
  const rects = found.filter(isSeen).map(extent).filter((rect) => rect.width > 0 && rect.height > 0);
  return rects.length ? { rects } : { problem: "hidden" };
}

/**
 * Everything in an answer that must not move during a shot.
 *
 * @param {boolean} wide
 */
function measure(wide) {
  return {
    target: target && rectOf(target),
    picture: picture(wide),
    mask: request.mask.map(resolve),
    redact: request.redact.map(resolve),
    region: request.region.map(resolve),
  };
}
