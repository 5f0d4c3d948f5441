// Boxes of one document: how they are turned, scaled and cut before they reach its viewport. All
// shapes are in CSS pixels of that viewport.

/** Further than any page reaches: a side that is not cut. */
const FAR = 1e6;

/** @type {Matrix} */
const IDENTITY = { a: 1, b: 0, c: 0, d: 1, exact: true };

/**
 * What is known of elements, for one measurement: a page may move them at any time later.
 *
 * @type {Map<Element, AncestorBox>}
 */
const boxes = new Map();

/** Forgets what is known of elements. */
function forgetBoxes() {
  boxes.clear();
}

/**
 * The parent in the tree that is rendered: through slots and out of shadow roots.
 *
 * @param {Element} node
 * @returns {Element | null}
 */
function parentOf(node) {
  const root = node.getRootNode();
  return node.assignedSlot || node.parentElement || ("host" in root ? /** @type {ShadowRoot} */ (root).host : null);
}

/**
 * The computed style of an element, or of its generated contents.
 *
 * @param {Element} node
 * @param {string} [pseudo]
 */
function styleOf(node, pseudo) {
  return viewOf(node).getComputedStyle(node, pseudo);
}

/**
 * @param {{left: number, top: number, width: number, height: number}} rect
 * @returns {Rect}
 */
function plain({ left: x, top: y, width, height }) {
  return { x, y, width, height };
}

/**
 * @param {Rect} rect
 * @returns {Shape}
 */
function shapeOf({ x, y, width, height }) {
  return corners(x, y, x + width, y + height);
}

/**
 * @param {number} left
 * @param {number} top
 * @param {number} right
 * @param {number} bottom
 * @returns {Shape}
 */
function corners(left, top, right, bottom) {
  return [[left, top], [right, top], [right, bottom], [left, bottom]];
}

/**
 * The smallest rectangle around a shape.
 *
 * @param {Shape} shape
 * @returns {Rect}
 */
function around(shape) {
  if (!shape.length) return { x: 0, y: 0, width: 0, height: 0 };
  const across = shape.map(([x]) => x), down = shape.map(([, y]) => y);
  const x = Math.min(...across), y = Math.min(...down);
  return { x, y, width: Math.max(...across) - x, height: Math.max(...down) - y };
}

/**
 * The part of a shape inside another one: cut at one edge after the other.
 *
 * @param {Shape} shape
 * @param {Shape} by
 */
function cutShape(shape, by) {
  const turn = Math.sign(twiceArea(by));
  if (!turn) return [];
  let left = shape;
  by.forEach(([x1, y1], at) => {
    const [x2, y2] = by[(at + 1) % by.length];
    left = cutAtLine(left, ([x, y]) => turn * ((x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)));
  });
  return left;
}

/**
 * The part of a shape on one side of a line.
 *
 * @param {Shape} shape
 * @param {(point: Point) => number} side zero on the line, above zero where the shape is kept
 * @returns {Shape}
 */
function cutAtLine(shape, side) {
  return shape.flatMap((point, at) => {
    const next = shape[(at + 1) % shape.length];
    const [here, there] = [side(point), side(next)];
    /** @type {Shape} */
    const kept = here >= 0 ? [point] : [];
    if (here >= 0 === there >= 0) return kept;
    const part = here / (here - there);
    return [...kept, [point[0] + part * (next[0] - point[0]), point[1] + part * (next[1] - point[1])]];
  });
}

/**
 * Twice the area of a shape; below zero where it goes round the other way.
 *
 * @param {Shape} shape
 */
function twiceArea(shape) {
  return shape.reduce((sum, [x, y], at) => {
    const [u, v] = shape[(at + 1) % shape.length];
    return sum + x * v - u * y;
  }, 0);
}

/** Transforms leave other boxes of a line alone. */
const REPLACED = /^(iframe|frame|object|embed|img|video|canvas|svg|input|button|select|textarea|meter|progress)$/;

/**
 * What one element does to its contents.
 *
 * @param {Element} node
 * @param {CSSStyleDeclaration} style
 * @returns {Matrix}
 */
function ownMatrix(node, style) {
  const { transform, rotate = "none", scale = "none" } = style;
  const onPath = isSet(style.offsetPath);
  if (![transform, rotate, scale].some(isSet) && !onPath) return IDENTITY;
  if (style.display === "inline" && !REPLACED.test(node.localName)) return IDENTITY;
  const matrix = new main.DOMMatrix();
  if (isSet(rotate)) matrix.rotateAxisAngleSelf(...turnOf(rotate));
  if (isSet(scale)) {
    const [across, down = across, deep = 1] = scale.split(" ").map(Number);
    matrix.scaleSelf(across, down, deep);
  }
  if (isSet(transform)) matrix.multiplySelf(new main.DOMMatrix(transform));
  const parent = parentOf(node);
  const outer = !matrix.is2D && parent ? styleOf(parent) : null;
  const deep = outer && (outer.transformStyle === "preserve-3d" || isSet(outer.perspective));
  const exact = !deep && !onPath && !matrix.m14 && !matrix.m24 && !matrix.m34;
  return { a: matrix.m11, b: matrix.m12, c: matrix.m21, d: matrix.m22, exact };
}

/** @param {string | undefined} value of a property that is "none" by default */
function isSet(value) {
  return Boolean(value) && value !== "none";
}

/**
 * Axis and angle of a `rotate` property: "30deg", "x 30deg" or "1 1 0 30deg".
 *
 * @param {string} rotate
 * @returns {[number, number, number, number]}
 */
function turnOf(rotate) {
  const parts = rotate.split(" ");
  const angle = parseFloat(parts[parts.length - 1]);
  if (parts.length === 4) return [Number(parts[0]), Number(parts[1]), Number(parts[2]), angle];
  return [Number(parts[0] === "x"), Number(parts[0] === "y"), Number(!/[xy]/.test(parts[0])), angle];
}

/**
 * From an element's own CSS pixels to those of its viewport, without the way that it is moved:
 * transforms of it and of all around it, and zoom.
 *
 * @param {Element} node
 * @returns {Matrix}
 */
function matrixOf(node) {
  let { a, b, c, d, exact } = IDENTITY;
  for (let at = /** @type {Element | null} */ (node); at; at = parentOf(at)) {
    const own = boxOf(at).matrix;
    if (own === IDENTITY) continue;
    [a, b] = [own.a * a + own.c * b, own.b * a + own.d * b];
    [c, d] = [own.a * c + own.c * d, own.b * c + own.d * d];
    exact = exact && own.exact;
  }
  const zoom = node.currentCSSZoom || 1;
  return { a: a * zoom, b: b * zoom, c: c * zoom, d: d * zoom, exact };
}

/**
 * The left, top, right and bottom size of a property, in the element's own CSS pixels.
 *
 * @param {CSSStyleDeclaration} style
 * @param {string} name for example "padding"
 * @param {string} [end] what the property's name ends with
 */
function edges(style, name, end = "") {
  return ["left", "top", "right", "bottom"].map((side) => parseFloat(style.getPropertyValue(`${name}-${side}${end}`)) || 0);
}

/** @param {CSSStyleDeclaration} style */
function borders(style) {
  return edges(style, "border", "-width");
}

/**
 * Width and height of the border box in the element's own CSS pixels, fractions included.
 *
 * @param {Element} node
 * @param {CSSStyleDeclaration} style
 */
function ownSize(node, style) {
  const outside = style.boxSizing === "border-box" ? [0, 0, 0, 0] : borders(style).map((side, at) => side + edges(style, "padding")[at]);
  const { offsetWidth, offsetHeight } = /** @type {HTMLElement} */ (node);
  const whole = [offsetWidth, offsetHeight];
  return [style.width, style.height].map((text, at) => {
    const side = parseFloat(text) + outside[at] + outside[at + 2];
    return Math.abs(side - whole[at]) <= 1 ? side : (whole[at] ?? (side || 0));
  });
}

/**
 * How points of an element's own border box become points of its viewport.
 *
 * The middle of a box stays the middle however it is turned: the way that it is moved need not be known.
 *
 * @param {Element} node
 */
function placing(node) {
  const { a, b, c, d, exact } = matrixOf(node);
  const [width, height] = ownSize(node, styleOf(node));
  const { x, y, width: across, height: down } = plain(node.getBoundingClientRect());
  const middle = [x + across / 2, y + down / 2];
  /** @type {(from: Point) => Point} */
  const point = ([left, top]) => {
    const [u, v] = [left - width / 2, top - height / 2];
    return [middle[0] + a * u + c * v, middle[1] + b * u + d * v];
  };
  // Sizes are rounded by half a pixel at most; anything else is a transform not understood.
  const expected = around(corners(0, 0, width, height).map(point));
  const far = Math.max(Math.abs(expected.width - across), Math.abs(expected.height - down));
  return { point, width, height, exact: exact && far <= 1 + Math.max(across, down) * 0.01 };
}

/**
 * A part of an element's border box, given by how much is cut off each side.
 *
 * @param {Element} node
 * @param {number[]} cut
 * @returns {Shape}
 */
function innerShape(node, [left, top, right, bottom]) {
  const { point, width, height, exact } = placing(node);
  if (left + right >= width || top + bottom >= height) return [];
  // The box around it is never too small.
  if (!exact) return shapeOf(plain(node.getBoundingClientRect()));
  return corners(left, top, width - right, height - bottom).map(point);
}

const CLIPS = /^(hidden|clip|auto|scroll|overlay)$/;
const PAINTS_INSIDE = /\b(paint|strict|content)\b/;

/**
 * What an element's overflow leaves of its contents; null where it cuts nothing.
 *
 * @param {Element} node
 * @param {CSSStyleDeclaration} style
 */
function overflowShape(node, style) {
  const painted = PAINTS_INSIDE.test(style.contain) || /^(auto|hidden)$/.test(style.contentVisibility || "");
  const [across, down] = [style.overflowX, style.overflowY].map((one) => painted || CLIPS.test(one));
  if (!(across || down) || ownsViewport(node, style)) return null;
  const scrolls = /auto|scroll|hidden/.test(style.overflowX + style.overflowY);
  const margin = scrolls ? 0 : parseFloat((/[\d.]+px/.exec(style.getPropertyValue("overflow-clip-margin")) || ["0"])[0]);
  return innerShape(node, borders(style).map((width, at) => ((at % 2 ? down : across) ? width - margin : -FAR)));
}

/**
 * Whether an element's overflow is that of the viewport: html's is, and body's where html has none.
 *
 * @param {Element} node
 * @param {CSSStyleDeclaration} style
 */
function ownsViewport(node, style) {
  const root = node.ownerDocument.documentElement;
  if (node === root) return true;
  if (node !== node.ownerDocument.body || node.parentElement !== root) return false;
  const outer = styleOf(root);
  return outer.overflowX === "visible" && outer.overflowY === "visible" && !PAINTS_INSIDE.test(`${outer.contain} ${style.contain}`);
}

/**
 * Lengths and percentages as numbers of pixels.
 *
 * @param {string} text
 * @param {number[]} sizes what percentages are of, in turn
 */
function lengths(text, sizes) {
  return text.split(/[\s,]+/).filter(Boolean)
    .map((one, at) => (one.endsWith("%") ? (parseFloat(one) / 100) * sizes[at % sizes.length] : parseFloat(one)));
}

/**
 * What a `clip-path` of a simple form cuts off each side of a box; null for other forms.
 *
 * @param {string} path
 * @param {number} width
 * @param {number} height
 */
function pathEdges(path, width, height) {
  const inset = /^inset\(([^()]*?)(?: round [^()]*)?\)$/.exec(path);
  if (inset) {
    const [top, right = top, bottom = top, left = right] = inset[1].trim().split(/\s+/);
    return lengths([left, top, right, bottom].join(" "), [width, height]);
  }
  const polygon = /^polygon\((?:(?:nonzero|evenodd),\s*)?([^()]*)\)$/.exec(path);
  if (polygon) {
    const all = lengths(polygon[1], [width, height]);
    const across = all.filter((_, at) => at % 2 === 0), down = all.filter((_, at) => at % 2);
    return [Math.min(...across), Math.min(...down), width - Math.max(...across), height - Math.max(...down)];
  }
  const round = /^(circle|ellipse)\(([^()]*?) at ([^()]*)\)$/.exec(path);
  if (!round) return null;
  const [x, y] = lengths(round[3], [width, height]);
  const sizes = round[1] === "circle" ? [Math.hypot(width, height) / Math.SQRT2] : [width, height];
  const [across, down = across] = lengths(round[2], sizes);
  return [x - across, y - down, width - x - across, height - y - down];
}

/**
 * What `clip-path` leaves of an element; null where it cuts nothing that is understood.
 *
 * @param {Element} node
 * @param {CSSStyleDeclaration} style
 */
function pathShape(node, style) {
  if (!isSet(style.clipPath)) return null;
  const { width, height } = placing(node);
  const cut = pathEdges(style.clipPath, width, height);
  return cut && cut.every(Number.isFinite) ? innerShape(node, cut) : null;
}

/**
 * What the old `clip` property of a positioned element leaves of it.
 *
 * @param {Element} node
 * @param {CSSStyleDeclaration} style
 */
function rectShape(node, style) {
  const found = /^rect\(([^)]*)\)/.exec(style.clip || "");
  if (!found || !/^(absolute|fixed)$/.test(style.position)) return null;
  const { width, height } = placing(node);
  // "auto" is no number.
  const [top, right, bottom, left] = found[1].split(/[\s,]+/).map(parseFloat);
  const cut = [left, top, width - right, height - bottom];
  return innerShape(node, cut.map((side) => (Number.isFinite(side) ? side : -FAR)));
}

/**
 * What has to be known of an element whose contents are looked at.
 *
 * @param {Element} node
 */
function boxOf(node) {
  return boxes.get(node) || readBox(node, styleOf(node));
}

const CONTAINING = /transform|perspective|filter|translate|rotate|scale|contain/;

/** Boxes of lines and of tables' rows do not cut. */
const UNCUT = /^(inline|table-row|table-row-group|table-column)$/;

/**
 * @param {Element} node
 * @param {CSSStyleDeclaration} style
 */
function readBox(node, style) {
  const boxless = style.display === "contents";
  const holdsFixed = !boxless && holdsAll(style);
  /** @type {AncestorBox} */
  const box = {
    position: boxless ? "static" : style.position,
    boxless,
    holdsFixed,
    holdsAbsolute: holdsFixed || (!boxless && style.position !== "static"),
    top: attempt(() => node.matches(":modal,:popover-open,:fullscreen"), false),
    matrix: IDENTITY,
    cuts: [],
    always: [],
  };
  // Known before it is complete: its shapes need its matrix.
  boxes.set(node, box);
  if (boxless) return box;
  box.matrix = attempt(() => ownMatrix(node, style), { ...IDENTITY, exact: false });
  const cuts = "offsetWidth" in node ? !UNCUT.test(style.display) : node.localName === "svg";
  const found = (/** @type {(Shape | null)[]} */ ...shapes) => /** @type {Shape[]} */ (shapes.filter(Boolean));
  if (cuts) box.cuts = found(attempt(() => overflowShape(node, style)));
  box.always = found(attempt(() => pathShape(node, style)), attempt(() => rectShape(node, style)));
  return box;
}

/**
 * Whether everything positioned stays inside of an element, also what is fixed.
 *
 * @param {CSSStyleDeclaration} style
 */
function holdsAll(style) {
  const { transform, translate, rotate, scale, perspective, filter, backdropFilter } = style;
  return [transform, translate, rotate, scale, perspective, filter, backdropFilter].some(isSet) ||
    CONTAINING.test(style.willChange || "") ||
    /\b(paint|layout|strict|content)\b/.test(style.contain) ||
    /^(auto|hidden)$/.test(style.contentVisibility || "");
}

/**
 * Cuts what is visible once more, and notes which element did it first.
 *
 * @param {Visible} seen
 * @param {Shape} shape
 * @param {Element} by
 */
function cutVisible(seen, shape, by) {
  const before = around(seen.shape);
  seen.shape = cutShape(seen.shape, shape);
  const after = around(seen.shape);
  if (before.width - after.width > 0.5 || before.height - after.height > 0.5) seen.by = seen.by || by;
}

/**
 * Cuts what is visible of an element by everything around it in its document. Whatever is positioned leaves
 * ancestors that do not hold it, and the top layer leaves all of them.
 *
 * @param {Visible} seen
 * @param {Element} node
 */
function cutAround(seen, node) {
  let { position } = boxOf(node);
  boxOf(node).always.forEach((shape) => cutVisible(seen, shape, node));
  let at = boxOf(node).top ? null : parentOf(node);
  while (at && seen.shape.length) {
    const box = boxOf(at), one = at;
    at = box.top ? null : parentOf(at);
    if (box.boxless) continue;
    if (position === "fixed" ? box.holdsFixed : position !== "absolute" || box.holdsAbsolute) {
      box.cuts.forEach((shape) => cutVisible(seen, shape, one));
      position = box.position;
    }
    box.always.forEach((shape) => cutVisible(seen, shape, one));
  }
}

/**
 * What can be seen in its document of a shape of an element, or of its contents.
 *
 * @param {Shape} shape
 * @param {Element} node
 * @param {boolean} inside whether it is of the contents
 */
function visibleShape(shape, node, inside) {
  /** @type {Visible} */
  const seen = { shape, by: null, turned: null };
  if (inside) boxOf(node).cuts.forEach((cut) => cutVisible(seen, cut, node));
  cutAround(seen, node);
  return seen;
}
