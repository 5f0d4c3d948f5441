// Where things are. All rectangles are CSS pixels of the viewport of the outermost window that may
// be read ("main"), whatever frame the driver is switched into.

/**
 * How points of a frame's own viewport become points of its parent's.
 *
 * The frame may be turned, scaled and zoomed, and so may all around it.
 *
 * @param {HTMLElement} frame
 * @param {Window} view the frame's window
 * @returns {{point: (from: Point) => Point, exact: boolean}} not exact: its corners are only guessed
 */
function frameMap(frame, view) {
  const style = styleOf(frame);
  const { point, width, height, exact } = placing(frame);
  if (!exact) {
    const box = plain(frame.getBoundingClientRect());
    const part = (/** @type {Point} */ [x, y]) => [x / view.innerWidth, y / view.innerHeight];
    return { exact, point: (from) => [box.x + part(from)[0] * box.width, box.y + part(from)[1] * box.height] };
  }
  const paddings = edges(style, "padding");
  const [left, top, right, bottom] = borders(style).map((side, at) => side + paddings[at]);
  const across = outerSize(width - left - right, view.innerWidth);
  const down = outerSize(height - top - bottom, view.innerHeight);
  return { exact, point: ([x, y]) => point([left + x * across, top + y * down]) };
}

/**
 * The outer size of one inner pixel. Inner sizes are whole numbers: less than one of difference is
 * rounding, not scale.
 *
 * @param {number} outer
 * @param {number} inner
 */
function outerSize(outer, inner) {
  return !inner || Math.abs(outer - inner) < 1 ? 1 : outer / inner;
}

/**
 * A shape of a frame's viewport as main sees it, cut where frames and what is around them cut it.
 *
 * @param {Shape} shape
 * @param {Window} view the window of the shape
 * @param {boolean} [cut] whether it is cut; else it is told wherever it lies
 * @returns {Visible}
 */
function outward(shape, view, cut = true) {
  /** @type {Visible} */
  const seen = { shape, by: null, turned: null };
  for (let at = view; at !== main && seen.shape.length; at = at.parent) {
    const frame = /** @type {HTMLElement} */ (at.frameElement);
    const { point, exact } = frameMap(frame, at);
    if (!exact) seen.turned = frame;
    if (cut) cutVisible(seen, shapeOf({ x: 0, y: 0, width: at.innerWidth, height: at.innerHeight }), frame);
    seen.shape = seen.shape.map(point);
    if (cut) cutAround(seen, frame);
  }
  return seen;
}

/**
 * The border box of an element.
 *
 * @param {Element} node
 * @param {boolean} [cut] whether it is cut where frames cut it
 */
function rectOf(node, cut = true) {
  return around(outward(shapeOf(plain(node.getBoundingClientRect())), viewOf(node), cut).shape);
}

/**
 * The part of a rectangle of an element that can be seen.
 *
 * @param {Rect} rect in pixels of the element's own window
 * @param {Element} node
 * @param {boolean} [inside] whether it is of the element's contents
 */
function seenOf(rect, node, inside = false) {
  const inner = visibleShape(shapeOf(rect), node, inside);
  const outer = outward(inner.shape, viewOf(node));
  return { rect: around(outer.shape), by: inner.by || outer.by, turned: outer.turned };
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

/**
 * Where scrolling begins, by how far it reaches: asked once.
 *
 * @type {Map<string, Point>}
 */
const starts = new Map();

/**
 * The smallest scroll offsets: below zero where the page's text runs leftwards or upwards.
 *
 * Only scrolling tells; styles tell when to ask.
 *
 * @returns {Point}
 */
function scrollStart() {
  const all = scroller(main);
  const room = [all.scrollWidth - all.clientWidth, all.scrollHeight - all.clientHeight];
  if (!room.some((side) => side > 0) || !isTurned()) return [0, 0];
  const key = room.join();
  const before = { left: main.scrollX, top: main.scrollY };
  if (!starts.has(key)) {
    main.scrollTo({ left: -room[0], top: -room[1], behavior: "instant" });
    starts.set(key, [Math.min(0, main.scrollX), Math.min(0, main.scrollY)]);
    main.scrollTo({ ...before, behavior: "instant" });
  }
  return /** @type {Point} */ (starts.get(key));
}

/** Whether the page's text runs another way than from the left to the right and downwards. */
function isTurned() {
  return [main.document.documentElement, main.document.body].some((node) => {
    const style = node && styleOf(node);
    return style && (style.direction !== "ltr" || style.writingMode !== "horizontal-tb");
  });
}

/** The rectangle of the page, with what lies left of its origin or above it. */
function wholePage() {
  const all = scroller(main);
  const [left, top] = scrollStart();
  return {
    x: left - main.scrollX,
    y: top - main.scrollY,
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
 * The target with what its shadow adds, and the part of it that can be seen.
 *
 * @param {Element} node
 */
function targetParts(node) {
  const { x, y, width, height } = plain(node.getBoundingClientRect());
  const [left, top, right, bottom] = request.shadow ? reach(node) : [0, 0, 0, 0];
  const grown = { x: x - left, y: y - top, width: width + left + right, height: height + top + bottom };
  const whole = around(outward(shapeOf(grown), viewOf(node), false).shape);
  return { whole, ...seenOf(grown, node) };
}

/**
 * The rectangle that the picture shows.
 *
 * @param {boolean} [wide] whether it reaches beyond the viewport
 */
function picture(wide) {
  if (!target) return wide ? wholePage() : viewport();
  return cross(targetParts(target).rect, union(wholePage(), viewport()));
}

/**
 * What keeps the target from being seen as a whole.
 *
 * @param {Rect} shown the part of it that the picture shows
 * @returns {Obstacle | null}
 */
function obstacle(shown) {
  if (!target) return null;
  const { whole, by, turned } = targetParts(target);
  if (turned) return { turned: describe(turned) };
  if (!shown.width || !shown.height || isUnseen(target)) return { empty: whyEmpty(target, by) };
  if (!by || (whole.width - shown.width <= 1 && whole.height - shown.height <= 1)) return null;
  const size = (/** @type {Rect} */ { width, height }) => [width, height];
  return { cut: describe(by), name: describe(target), whole: size(whole), shown: size(shown) };
}

/**
 * Everything in an answer that must not move during a shot.
 *
 * @param {boolean} wide
 */
function measure(wide) {
  forgetBoxes();
  const shown = picture(wide);
  return {
    scroll: [main.scrollX, main.scrollY],
    target: target && rectOf(target, false),
    picture: shown,
    obstacle: obstacle(shown),
    mask: request.mask.map((entry) => resolve(entry, false)),
    redact: request.redact.map((entry) => resolve(entry, true)),
    region: request.region.map((entry) => resolve(entry, false)),
  };
}
