// What an entry of mask, redact or region covers: every part of its matches that can be seen.

/**
 * Whether an element is drawn: not hidden by a style of its own or around it.
 *
 * @param {Element} node
 * @param {boolean} [opacity] whether what is fully transparent counts as hidden
 */
function isSeen(node, opacity = false) {
  const style = styleOf(node);
  if (style.visibility !== "visible" || style.display === "none") return false;
  if (!("checkVisibility" in node) || style.display === "contents") return true;
  return node.checkVisibility({ visibilityProperty: true, opacityProperty: opacity });
}

/**
 * Whether neither an element nor anything in it is drawn.
 *
 * @param {Element} node
 */
function isUnseen(node) {
  return !isSeen(node) && ![...node.querySelectorAll("*")].some((one) => isSeen(one));
}

/**
 * The children of an element in the tree that is rendered.
 *
 * @param {Element} node
 */
function childrenOf(node) {
  if (node.shadowRoot) return node.shadowRoot.childNodes;
  const assigned = node.localName === "slot" ? /** @type {HTMLSlotElement} */ (node).assignedNodes() : [];
  return assigned.length ? assigned : node.childNodes;
}

/**
 * The lines of a text.
 *
 * @param {Text} text
 */
function textRects(text) {
  if (!/\S/.test(text.data)) return [];
  const range = text.ownerDocument.createRange();
  range.selectNodeContents(text);
  return [...range.getClientRects()].map(plain);
}

/**
 * The lengths in a value, without those in colours.
 *
 * @param {string} text
 */
function pixelsIn(text) {
  return (text.replace(/[a-z-]+\([^()]*\)/gi, "").match(/-?[\d.]+px/g) || []).map(parseFloat);
}

/**
 * How far glyphs and strokes may reach out of their boxes: slant, shadows, filters, thick lines.
 *
 * @param {Element} node
 * @param {CSSStyleDeclaration} style
 */
function inkMargin(node, style) {
  let margin = style.fontStyle === "normal" ? 0 : parseFloat(style.fontSize) * 0.2;
  for (const layer of isSet(style.textShadow) ? style.textShadow.split(/,(?![^(]*\))/) : []) {
    const [dx = 0, dy = 0, blur = 0] = pixelsIn(layer);
    margin = Math.max(margin, Math.max(Math.abs(dx), Math.abs(dy)) + blur);
  }
  for (const [, kind, value] of (style.filter || "").matchAll(/(drop-shadow|blur)\(((?:[^()]|\([^()]*\))*)\)/g)) {
    const sizes = pixelsIn(value);
    const [dx = 0, dy = 0, blur = 0] = kind === "blur" ? [0, 0, sizes[0]] : sizes;
    // A blur reaches three standard deviations.
    margin += Math.max(Math.abs(dx), Math.abs(dy)) + 3 * blur;
  }
  margin += (parseFloat(style.webkitTextStrokeWidth) || 0) / 2;
  if (/underline|overline/.test(style.textDecorationLine)) {
    margin = Math.max(margin, (parseFloat(style.textUnderlineOffset) || 0) + (parseFloat(style.textDecorationThickness) || 0));
  }
  if (isSet(style.borderImageSource)) margin += outset(style);
  if (!margin) return 0;
  const { a, b, c, d } = matrixOf(node);
  return margin * Math.max(Math.hypot(a, b), Math.hypot(c, d));
}

/**
 * How far the image of a border reaches out of the box.
 *
 * @param {CSSStyleDeclaration} style
 */
function outset(style) {
  const widest = Math.max(...borders(style));
  return Math.max(...style.borderImageOutset.split(" ").map((one) => parseFloat(one) * (one.endsWith("px") ? 1 : widest)));
}

/**
 * Where the bullet or number of a list's item lies, which is outside of its box; null where there is none.
 *
 * @param {Element} node
 */
function markerRect(node) {
  const style = styleOf(node);
  if (style.display !== "list-item" || style.listStylePosition !== "outside") return null;
  if (!isSet(style.listStyleType) && !isSet(style.listStyleImage)) return null;
  const { x, y, width, height } = plain(node.getBoundingClientRect());
  const size = parseFloat(style.fontSize), room = 2.5 * size;
  const first = { y, width: room, height: Math.min(height, 2 * size) };
  return { ...first, x: style.direction === "rtl" ? x + width : x - room };
}

/**
 * How far the stroke of a drawn shape reaches out of the box that the browser tells; some count it in.
 *
 * @param {Element} node
 */
function strokeMargin(node) {
  const drawn = /** @type {SVGGraphicsElement} */ (node);
  const matrix = drawn.ownerSVGElement && drawn.getScreenCTM && drawn.getScreenCTM();
  const style = styleOf(node);
  if (!matrix || !isSet(style.stroke)) return 0;
  const { x, y, width, height } = drawn.getBBox();
  const at = (/** @type {Point} */ [u, v]) => /** @type {Point} */ ([matrix.a * u + matrix.c * v, matrix.b * u + matrix.d * v]);
  const filled = around(corners(x, y, x + width, y + height).map(at)), told = plain(node.getBoundingClientRect());
  if (told.width > filled.width + 0.5 || told.height > filled.height + 0.5) return 0;
  const scale = Math.max(Math.hypot(matrix.a, matrix.b), Math.hypot(matrix.c, matrix.d));
  // Sharp corners reach further than half of the line's width.
  const sharp = style.strokeLinejoin === "miter" ? Math.min(parseFloat(style.strokeMiterlimit) || 4, 4) : 1;
  return (parseFloat(style.strokeWidth) || 0) / 2 * sharp * scale;
}

/**
 * @param {Rect} rect
 * @param {number} margin
 */
function grownBy({ x, y, width, height }, margin) {
  return { x: x - margin, y: y - margin, width: width + 2 * margin, height: height + 2 * margin };
}

/**
 * Where the generated contents of an element lie: they have no box that can be asked for, only styles.
 *
 * @param {Element} node
 */
function generatedRects(node) {
  const found = [];
  for (const name of ["::before", "::after"]) {
    const style = styleOf(node, name);
    if (/^(none|normal|)$/.test(style.content) || style.display === "none") continue;
    found.push(/^(absolute|fixed)$/.test(style.position) ? generatedRect(node, style) : overflowRect(node));
  }
  return /** @type {Rect[]} */ (found.filter(Boolean));
}

/**
 * The box of positioned generated contents.
 *
 * @param {Element} node
 * @param {CSSStyleDeclaration} style
 */
function generatedRect(node, style) {
  const holds = style.position === "fixed" ? "holdsFixed" : "holdsAbsolute";
  let holder = /** @type {Element | null} */ (node);
  while (holder && !boxOf(holder)[holds]) holder = parentOf(holder);
  const padding = edges(style, "padding"), border = borders(style), [marginLeft, marginTop] = edges(style, "margin");
  const outside = (/** @type {number} */ at) => (style.boxSizing === "border-box" ? 0 : padding[at] + padding[at + 2] + border[at] + border[at + 2]);
  const x = parseFloat(style.left) + marginLeft, y = parseFloat(style.top) + marginTop;
  const width = parseFloat(style.width) + outside(0), height = parseFloat(style.height) + outside(1);
  if (![x, y, width, height].every(Number.isFinite)) return null;
  const view = viewOf(node);
  const scrolled = style.position === "fixed" && !holder ? [0, 0] : [view.scrollX, view.scrollY];
  if (!holder) return { x: x - scrolled[0], y: y - scrolled[1], width, height };
  const [left, top] = borders(styleOf(holder));
  const [across, down] = [left + x - holder.scrollLeft, top + y - holder.scrollTop];
  return around(corners(across, down, across + width, down + height).map(placing(holder).point));
}

/**
 * What overflows an element to the right and downwards, with its own box; null where nothing does.
 *
 * @param {Element} node
 */
function overflowRect(node) {
  const { scrollWidth: width, scrollHeight: height } = node;
  if (width <= node.clientWidth + 1 && height <= node.clientHeight + 1) return null;
  const [left, top] = borders(styleOf(node));
  return around(corners(left, top, left + width, top + height).map(placing(node).point));
}

/**
 * Every visible rectangle of an element: its boxes, one for each line, and whatever of its contents reaches
 * out of them.
 *
 * @param {Element} node
 * @param {boolean} ink whether nothing of it may be left: then shadows and strokes count, too
 */
function partsOf(node, ink) {
  /** @type {{rects: Rect[], turned: Element | null, sized: boolean}} */
  const found = { rects: [], turned: null, sized: false };
  const add = (/** @type {Rect} */ rect, /** @type {Element} */ owner, /** @type {boolean} */ inside) => {
    if (!(rect.width > 0 && rect.height > 0)) return;
    found.sized = found.sized || (owner === node && !inside);
    const all = around(outward(shapeOf(rect), viewOf(owner), false).shape);
    if (found.rects.some((one) => within(all, one)) || !isSeen(owner, !ink)) return;
    const seen = seenOf(rect, owner, inside);
    found.turned = found.turned || seen.turned;
    if (seen.rect.width > 0 && seen.rect.height > 0) found.rects.push(seen.rect);
    found.sized = found.sized || found.rects.length > 0;
  };
  const margin = (/** @type {Element} */ one) => (ink ? inkMargin(one, styleOf(one)) : 0) + attempt(() => strokeMargin(one), 0);
  const visit = (/** @type {Node} */ one) => {
    if (one.nodeType === 3) {
      const owner = one.parentElement || /** @type {ShadowRoot} */ (one.getRootNode()).host;
      textRects(/** @type {Text} */ (one)).forEach((rect) => add(grownBy(rect, margin(owner)), owner, true));
    }
    if (one.nodeType !== 1) return;
    const element = /** @type {Element} */ (one);
    const own = [...element.getClientRects()];
    const sized = own.filter((rect) => "ownerSVGElement" in element || (rect.width > 0 && rect.height > 0));
    sized.forEach((rect) => add(grownBy(plain(rect), margin(element)), element, false));
    // Styles of generated contents take long to ask for: a mask asks its match alone.
    const generated = own.length && (ink || element === node) ? attempt(() => generatedRects(element), []) : [];
    generated.forEach((rect) => add(rect, element, true));
    const marker = ink && own.length && attempt(() => markerRect(element));
    if (marker) add(marker, element, false);
    childrenOf(element).forEach(visit);
  };
  visit(node);
  return found;
}

/**
 * Why an element shows nothing, in words.
 *
 * @param {Element} node
 * @param {Element | null} by what cuts it
 */
function whyEmpty(node, by) {
  const style = styleOf(node), name = `\`${describe(node)}\``;
  if (style.display === "contents") return `${name} has \`display: contents\`, so it has no box of its own: take one of its children`;
  if (/^(option|optgroup)$/.test(node.localName)) return `${name} is an entry of a list that is not open: take its select`;
  if (node.localName === "area") return `${name} is a part of an image map and has no box of its own: take the image`;
  const hidden = whyHidden(node, name);
  if (hidden) return hidden;
  const { width, height } = plain(node.getBoundingClientRect());
  if (!width || !height) return `${name} is ${rounded(width)}x${rounded(height)} CSS pixels: what it holds, if anything, lies outside of it`;
  if (by) return `${name} is cut away by \`${describe(by)}\` (${cutter(by)})`;
  const { x, y } = rectOf(node, false);
  return `${name} lies at (${rounded(x)}, ${rounded(y)}), where no scrolling leads`;
}

/**
 * Which style hides an element, in words; "" where none does.
 *
 * @param {Element} node
 * @param {string} name
 */
function whyHidden(node, name) {
  for (let at = /** @type {Element | null} */ (node); at; at = parentOf(at)) {
    const { display, contentVisibility } = styleOf(at);
    const where = at === node ? "has" : `lies in \`${describe(at)}\`, which has`;
    if (display === "none") return `${name} ${where} \`display: none\``;
    if (at !== node && contentVisibility === "hidden") return `${name} ${where} \`content-visibility: hidden\``;
  }
  const { visibility } = styleOf(node);
  return visibility === "visible" ? "" : `${name} has \`visibility: ${visibility}\``;
}

/**
 * How an element cuts its contents, in words.
 *
 * @param {Element} node
 */
function cutter(node) {
  if (isFrame(node)) return "the frame's own edges";
  const { overflowX, overflowY, clipPath } = styleOf(node);
  const overflow = overflowX === overflowY ? overflowX : `${overflowX} ${overflowY}`;
  return overflow === "visible" && isSet(clipPath) ? `clip-path: ${clipPath}` : `overflow: ${overflow}`;
}

/** @param {number} number */
function rounded(number) {
  return Math.round(number * 10) / 10;
}

/**
 * The elements that an entry names.
 *
 * @param {AreaEntry} entry
 */
function matchesOf(entry) {
  return entry.css === undefined ? entry.elements.map((index) => elements[index]) : find(entry.css);
}

/**
 * Finds for each match of one entry the rectangles that can be seen of it, or says why there are none.
 *
 * @param {AreaEntry} entry
 * @param {boolean} ink whether nothing of it may be left
 * @returns {AreaAnswer}
 */
function resolve(entry, ink) {
  let found;
  try {
    found = matchesOf(entry);
  } catch (error) {
    return { problem: "invalid", detail: clean(/** @type {Error} */ (error).message || error) };
  }
  if (!found.length) return { problem: "missing" };
  const parts = found.map((node) => partsOf(node, ink));
  const turned = parts.find((one) => one.turned);
  if (turned) return { problem: "turned", detail: describe(/** @type {Element} */ (turned.turned)) };
  if (!parts.some((one) => one.sized) || found.every(isUnseen)) return { problem: "hidden", detail: whyEmpty(found[0], null) };
  return { matches: found.length, places: parts.map((one) => one.rects).filter((rects) => rects.length) };
}
