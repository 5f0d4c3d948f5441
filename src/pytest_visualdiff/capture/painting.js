// What a browser leaves unpainted beyond its viewport: sections that it skips until they come near,
// and backgrounds that are fixed to the viewport. Only a picture that reaches further needs this.

/**
 * What was dealt with: each section is shown once.
 *
 * @type {WeakSet<Element>}
 */
const painted = new WeakSet();

/**
 * A part of the page with a fixed background, as the page styles it.
 *
 * @typedef {object} FixedBackground
 * @property {HTMLElement} node
 * @property {string} part
 * @property {BackgroundLayer[]} layers
 * @property {boolean} stretched whether its element is taller now than the page makes it
 * @property {string} applied the position that was set last
 */

/**
 * @typedef {object} BackgroundLayer
 * @property {string} image
 * @property {boolean} fixed
 * @property {string} attachment
 * @property {string} repeat
 * @property {string} size
 * @property {string} x
 * @property {string} y
 * @property {string} origin
 */

/** @type {Map<HTMLElement, FixedBackground[]>} */
const backgrounds = new Map();

/**
 * Natural sizes of background images by address; null while one is being measured.
 *
 * @type {Map<string, { width: number, height: number } | null>}
 */
const naturalSizes = new Map();

/**
 * Has a whole page painted.
 *
 * @param {Root[]} all
 * @param {boolean} parts whether pseudo-elements are asked, too
 */
function paintAll(all, parts) {
  /** @type {[HTMLElement, string][]} */
  const skipped = [];
  for (const root of all) {
    const nodes = elementsOf(root);
    for (let at = 0; at < nodes.length; at++) {
      const node = nodes[at];
      attempt(() => eachStyle(node, parts, (style, part) => {
        if (!part && style.contentVisibility === "auto" && !painted.has(node)) skipped.push([node, style.contain]);
        if (!part && style.position === "fixed") stretchGround(node, style);
        if (style.backgroundAttachment.includes("fixed") && style.backgroundImage !== "none") foundFixed(node, part, style);
      }));
    }
  }
  for (const [node] of skipped) attempt(() => showSkipped(node));
  // Firefox gives the contents no room where both change at once: the layout comes in between.
  for (const [node] of skipped) attempt(() => node.getBoundingClientRect());
  for (const [node, contain] of skipped) attempt(() => keepContained(node, contain));
  backgrounds.forEach((some) => some.forEach((one) => attempt(() => unfix(one))));
}

/**
 * Shows a section that the browser skips while it is far away. What is hidden stays hidden.
 *
 * @param {HTMLElement} node
 */
function showSkipped(node) {
  painted.add(node);
  restyle(node, { "content-visibility": "visible" });
}

/**
 * Contains a section as when it is near: that clips what overflows it.
 *
 * @param {HTMLElement} node
 * @param {string} contain
 */
function keepContained(node, contain) {
  const kept = contain === "none" || contain === "content" ? [] : contain.split(" ");
  const all = contain === "strict" ? kept : [...new Set([...kept, "layout", "style", "paint"])];
  restyle(node, { contain: all.join(" ") });
}

/**
 * Stretches an empty element that is fixed behind the whole viewport over the whole page, where its
 * background is repeated. Wherever somebody scrolls, it lies behind what they read.
 *
 * @param {HTMLElement} node
 * @param {CSSStyleDeclaration} style
 */
function stretchGround(node, style) {
  if (painted.has(node) || !liesBehind(node, style) || isTransformed(node)) return;
  painted.add(node);
  if (style.backgroundImage !== "none") {
    backgrounds.set(node, [{ node, part: "", layers: backgroundLayers(style, true), stretched: true, applied: "" }]);
  }
  const { scrollWidth, scrollHeight } = scroller(main);
  restyle(node, {
    inset: "0 auto auto 0", margin: "0", width: `${scrollWidth}px`, height: `${scrollHeight}px`,
    "max-width": "none", "max-height": "none", "box-sizing": "border-box",
  });
}

/**
 * Whether an element covers the viewport, shows nothing of its own, and is drawn below what follows it.
 *
 * @param {HTMLElement} node
 * @param {CSSStyleDeclaration} style
 */
function liesBehind(node, style) {
  if (viewOf(node) !== main || node.childNodes.length || isReplaced(node)) return false;
  const { left, top, right, bottom } = node.getBoundingClientRect();
  const { clientWidth, clientHeight } = scroller(main);
  if (left > 0 || top > 0 || right < clientWidth || bottom < clientHeight) return false;
  const level = (/** @type {CSSStyleDeclaration} */ of) => (of.position === "static" ? NaN : Number(of.zIndex) || 0);
  if (level(style) < 0) return true;
  const after = [...(node.parentElement?.children || [])].filter(
    (other) => node.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING && other.getClientRects().length,
  );
  return after.length > 0 && after.every((other) => level(main.getComputedStyle(other)) >= level(style));
}

/** @param {Element} node */
function isReplaced(node) {
  return /^(img|video|canvas|svg|iframe|object|embed|input|textarea|select|button)$/i.test(node.tagName);
}

/**
 * Remembers a fixed background.
 *
 * @param {HTMLElement} node
 * @param {string} part
 * @param {CSSStyleDeclaration} style
 */
function foundFixed(node, part, style) {
  const known = backgrounds.get(node) || [];
  if (known.some((one) => one.part === part) || isTransformed(node)) return;
  backgrounds.set(node, [...known, { node, part, layers: backgroundLayers(style, false), stretched: false, applied: "" }]);
}

/**
 * The layers of a background.
 *
 * @param {CSSStyleDeclaration} style
 * @param {boolean} all whether all of them count as fixed
 * @returns {BackgroundLayer[]}
 */
function backgroundLayers(style, all) {
  const [attachment, repeat, size, x, y, origin] = [
    style.backgroundAttachment, style.backgroundRepeat, style.backgroundSize,
    style.backgroundPositionX, style.backgroundPositionY, style.backgroundOrigin,
  ].map((text) => listed(text, ","));
  return listed(style.backgroundImage, ",").map((image, at) => {
    const of = (/** @type {string[]} */ list) => list[at % list.length];
    return {
      image, fixed: all || of(attachment) === "fixed", attachment: of(attachment), repeat: of(repeat), size: of(size),
      x: of(x), y: of(y), origin: of(origin),
    };
  });
}

/**
 * Inside of something that is transformed, a fixed background scrolls along.
 *
 * @param {Element} node
 */
function isTransformed(node) {
  for (let at = /** @type {Element | null} */ (node); at; at = at.parentElement) {
    const { transform, perspective, willChange } = viewOf(at).getComputedStyle(at);
    if (transform !== "none" || perspective !== "none" || willChange.includes("transform")) return true;
  }
  return false;
}

/**
 * Paints a fixed background over all of its element, as if the page stood at its top.
 *
 * What covers the viewport without being repeated is repeated all the same: wherever somebody
 * scrolls, it lies behind what they read.
 *
 * @param {FixedBackground} one
 */
function unfix(one) {
  const { node, part, layers } = one;
  const { clientWidth, clientHeight } = scroller(viewOf(node));
  const placed = layers.map((layer) => {
    if (!layer.fixed) return layer;
    const natural = naturalSize(layer.image);
    if (natural === undefined) return null;
    const [width, height] = sizeOf(layer.size, natural, clientWidth, clientHeight);
    const [left, top] = originOf(node, part, layer.origin);
    const x = lengthOf(layer.x, clientWidth - width) - left, y = lengthOf(layer.y, clientHeight - height) - top;
    const [across, down = across] = spelledRepeat(layer.repeat).split(" ");
    const covers = height >= clientHeight - 1 && down === "no-repeat";
    return {
      ...layer, attachment: "scroll", x: `${x}px`, y: `${y}px`, size: `${width}px ${height}px`,
      repeat: covers ? `${width >= clientWidth - 1 ? "repeat" : across} repeat` : layer.repeat, covers,
    };
  });
  if (placed.includes(null)) return;
  const done = /** @type {(BackgroundLayer & { covers?: boolean })[]} */ (placed);
  // Firefox paints the whole page with them.
  if (FIREFOX && !one.stretched && !done.some((layer) => layer.covers)) return;
  const values = {
    "background-attachment": done.map((layer) => layer.attachment).join(),
    "background-position": done.map((layer) => `${layer.x} ${layer.y}`).join(),
    "background-size": done.map((layer) => layer.size).join(),
    "background-repeat": done.map((layer) => layer.repeat).join(),
  };
  const text = Object.values(values).join(";");
  if (text === one.applied) return;
  one.applied = text;
  restylePart(node, part, values);
}

/** @param {string} repeat */
function spelledRepeat(repeat) {
  return { "repeat-x": "repeat no-repeat", "repeat-y": "no-repeat repeat" }[repeat] || repeat;
}

/**
 * The natural size of a layer's image; null for none (a gradient), undefined while it is measured.
 *
 * @param {string} image
 */
function naturalSize(image) {
  const [url] = urlsIn(image);
  if (!url) return null;
  if (naturalSizes.has(url)) return naturalSizes.get(url) || undefined;
  naturalSizes.set(url, null);
  const copy = new main.Image();
  copy.src = url;
  const measured = () => {
    naturalSizes.set(url, { width: copy.naturalWidth || main.innerWidth, height: copy.naturalHeight || main.innerHeight });
  };
  task(`background ${address(url)} is being measured`, copy.decode().then(measured, measured));
  return undefined;
}

/**
 * The size of a background image in CSS pixels.
 *
 * @param {string} size
 * @param {{ width: number, height: number } | null} natural
 * @param {number} width of the area
 * @param {number} height of the area
 * @returns {[number, number]}
 */
function sizeOf(size, natural, width, height) {
  if (size === "cover" || size === "contain") {
    if (!natural) return [width, height];
    const scales = [width / natural.width, height / natural.height];
    const scale = size === "cover" ? Math.max(...scales) : Math.min(...scales);
    return [natural.width * scale, natural.height * scale];
  }
  const [across, down = "auto"] = listed(size, " ");
  const wide = across === "auto" ? null : lengthOf(across, width);
  const high = down === "auto" ? null : lengthOf(down, height);
  if (!natural) return [wide === null ? width : wide, high === null ? height : high];
  const ratio = natural.width / natural.height;
  if (wide === null) return high === null ? [natural.width, natural.height] : [high * ratio, high];
  return [wide, high === null ? wide / ratio : high];
}

/**
 * A computed length or percentage in CSS pixels.
 *
 * @param {string} text such as "50%", "8px" or "calc(100% - 8px)"
 * @param {number} whole what 100% is
 */
function lengthOf(text, whole) {
  let sum = 0;
  for (const [, sign, number, unit] of text.matchAll(/([+-]?)\s*(\d*\.?\d+(?:e[+-]?\d+)?)(px|%)/g)) {
    sum += (sign === "-" ? -1 : 1) * Number(number) * (unit === "%" ? whole / 100 : 1);
  }
  return sum;
}

/**
 * Where a background starts that is not fixed, in its own viewport.
 *
 * @param {HTMLElement} node
 * @param {string} part
 * @param {string} origin
 * @returns {[number, number]}
 */
function originOf(node, part, origin) {
  const view = viewOf(node), page = view.document.documentElement;
  const holder = !part && isCanvas(node) ? page : node;
  const style = view.getComputedStyle(holder, part || null);
  const [left, top] = part ? partCorner(node, style) : [holder.getBoundingClientRect().left, holder.getBoundingClientRect().top];
  const sides = { "border-box": [], "padding-box": ["border"], "content-box": ["border", "padding"] }[origin] || [];
  const inner = (/** @type {"left" | "top"} */ side) => sides
    .map((kind) => parseFloat(style.getPropertyValue(kind === "border" ? `border-${side}-width` : `padding-${side}`)) || 0)
    .reduce((sum, width) => sum + width, 0);
  return [left + inner("left"), top + inner("top")];
}

/**
 * Whether the background of this body is painted on the page's canvas, because the root has none.
 *
 * @param {HTMLElement} node
 */
function isCanvas(node) {
  const view = viewOf(node), page = view.document.documentElement;
  const style = view.getComputedStyle(page);
  return node === view.document.body && style.backgroundImage === "none" && style.backgroundColor === "rgba(0, 0, 0, 0)";
}

/**
 * The top left corner of a pseudo-element in its viewport; browsers tell it of placed ones alone.
 *
 * @param {HTMLElement} node
 * @param {CSSStyleDeclaration} style
 * @returns {[number, number]}
 */
function partCorner(node, style) {
  const view = viewOf(node);
  const shift = [style.left, style.top].map((side, at) => {
    return (parseFloat(side) || 0) + (parseFloat(at ? style.marginTop : style.marginLeft) || 0);
  });
  if (style.position === "fixed") return [shift[0], shift[1]];
  const placed = style.position === "absolute";
  for (let at = /** @type {HTMLElement | null} */ (node); at; at = at.parentElement) {
    const own = view.getComputedStyle(at);
    if (placed && own.position === "static") continue;
    const { left, top } = at.getBoundingClientRect();
    const padding = placed ? [0, 0] : [parseFloat(own.paddingLeft), parseFloat(own.paddingTop)];
    return [left + at.clientLeft + padding[0] + (placed ? shift[0] : 0), top + at.clientTop + padding[1] + (placed ? shift[1] : 0)];
  }
  return [shift[0] - view.scrollX, shift[1] - view.scrollY];
}
