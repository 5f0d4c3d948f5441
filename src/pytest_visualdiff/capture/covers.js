// What lies over the target: its picture has to show it, not what happens to stand before it.
// Geometry and the order of painting decide, not hit testing: that does not see what the pointer
// passes through, nor what lies outside of the viewport.

/**
 * Something that is painted over the target.
 *
 * @typedef {object} Cover
 * @property {HTMLElement} node
 * @property {string} part "" or a pseudo-element of the node
 * @property {Rect} rect the part that lies over the target
 * @property {boolean} floats whether it stays where it is while the page scrolls
 * @property {boolean} modal
 * @property {boolean} opaque
 */

/** In words, what was put aside, or lies over a part of the target. */
const overlaid = /** @type {Set<string>} */ (new Set());
/** In words, what hides the target and cannot be put aside; "" for nothing. */
let hiddenBy = "";
/** Which kind of look found out last what lies over the target: one is enough of each. */
let uncovered = "";

// Other browsers take no picture beyond their viewport.
const REACHES_BEYOND = FIREFOX || attempt(() => "chrome" in main || /Chrom/.test(main.navigator.userAgent), false);

/**
 * The elements from the root of the document to a node, in the tree that is rendered.
 *
 * @param {Element} node
 */
function ancestry(node) {
  const path = [];
  for (let at = /** @type {Element | null} */ (node); at; at = parentOf(at)) path.unshift(at);
  return path;
}

/** @param {Element} node */
function isOnTop(node) {
  return attempt(() => node.matches(":modal,:popover-open,:fullscreen"), false);
}

/**
 * Whether an element is painted as a whole, with all that lies in it.
 *
 * @param {Element} node
 * @param {CSSStyleDeclaration} style
 */
function isStack(node, style) {
  if (/^(fixed|sticky)$/.test(style.position) || isOnTop(node) || style.isolation === "isolate") return true;
  if (style.opacity !== "1" || style.mixBlendMode !== "normal") return true;
  if (/transform|opacity|filter|perspective|top|left|z-index/.test(style.willChange)) return true;
  if (/paint|layout|strict|content/.test(style.contain)) return true;
  const effects = [style.transform, style.translate, style.rotate, style.scale, style.perspective, style.filter,
    style.backdropFilter, style.clipPath, style.maskImage];
  if (effects.some((value) => value && value !== "none")) return true;
  return style.zIndex !== "auto" && isLayered(node, style);
}

/**
 * Whether the z-index of an element counts.
 *
 * @param {Element} node
 * @param {CSSStyleDeclaration} style
 */
function isLayered(node, style) {
  const parent = parentOf(node);
  return style.position !== "static" || (parent !== null && /flex|grid/.test(styleOf(parent).display));
}

/**
 * The layers that an element is painted in, the outermost first: [node, z-index].
 *
 * @param {Element[]} path
 * @returns {[Element, number][]}
 */
function layersOf(path) {
  /** @type {[Element, number][]} */
  const layers = [];
  let loose = /** @type {Element | null} */ (null);
  for (const node of path) {
    const style = styleOf(node);
    if (isOnTop(node)) layers.splice(0, layers.length, [node, Infinity]);
    else if (isStack(node, style)) layers.push([node, isLayered(node, style) ? Number(style.zIndex) || 0 : 0]);
    else if (style.position !== "static") {
      loose = node;
      continue;
    } else continue;
    loose = null;
  }
  return loose ? [...layers, [loose, 0]] : layers;
}

/**
 * Whether one element is painted over another that it does not contain.
 *
 * @param {Element[]} path of the first
 * @param {Element[]} other
 */
function isPaintedOver(path, other) {
  const [mine, theirs] = [layersOf(path), layersOf(other)];
  let at = 0;
  while (at < mine.length && at < theirs.length && mine[at][0] === theirs[at][0]) at++;
  const [upper, lower] = [mine[at], theirs[at]];
  if (upper && lower && upper[1] !== lower[1]) return upper[1] > lower[1];
  if (upper && !lower) return upper[1] >= 0;
  if (lower && !upper) return lower[1] < 0;
  return isLater(path, other);
}

/**
 * Whether the first path comes after the other in the tree that is rendered.
 *
 * @param {Element[]} path
 * @param {Element[]} other
 */
function isLater(path, other) {
  let at = 0;
  while (path[at] === other[at]) at++;
  const siblings = [...childrenOf(path[at - 1])];
  return siblings.indexOf(path[at]) > siblings.indexOf(other[at]);
}

/**
 * How opaque a computed colour is: 0 for not at all, 1 for wholly.
 *
 * @param {string} colour
 */
function strength(colour) {
  if (colour === "transparent") return 0;
  const parts = colour.match(/[\d.]+%?(?=\)$)/);
  return /rgba|\/|color\(.*\//.test(colour) && parts ? parseFloat(parts[0]) / (parts[0].endsWith("%") ? 100 : 1) : 1;
}

/**
 * How much an element hides with what it paints itself: 0 for nothing, 1 for all.
 *
 * @param {Element} node
 * @param {CSSStyleDeclaration} style
 * @param {boolean} part whether it is a pseudo-element
 */
function inkOf(node, style, part) {
  if (style.visibility !== "visible" || style.opacity === "0") return 0;
  const ground = strength(style.backgroundColor);
  if (ground === 1 || (!part && REPLACED.test(node.localName))) return 1;
  if (ground || style.backgroundImage !== "none" || isSet(style.backdropFilter)) return 0.5;
  const edged = ["Top", "Right", "Bottom", "Left"].some((side) => {
    const [width, line, colour] = ["Width", "Style", "Color"].map((what) => {
      return style[/** @type {"borderTopColor"} */ (`border${side}${what}`)];
    });
    return parseFloat(width) > 0 && !/none|hidden/.test(line) && strength(colour) > 0;
  });
  if (edged || isSet(style.boxShadow)) return 0.5;
  if (part) return /["(]/.test(style.content.replace(/^""$/, "")) ? 0.5 : 0;
  return [...node.childNodes].some((child) => child.nodeType === 3 && /\S/.test(child.nodeValue || "")) ? 0.5 : 0;
}

/**
 * The opacity of an element with all that it lies in.
 *
 * @param {Element[]} path
 */
function opacityOf(path) {
  return path.reduce((whole, node) => whole * Number(styleOf(node).opacity), 1);
}

/**
 * What lies over an element in its own document.
 *
 * @param {Element} anchor
 * @param {Rect} seen the part of the target that it shows, as main sees it
 * @param {Root[]} all
 */
function coversOf(anchor, seen, all) {
  const path = ancestry(anchor), view = viewOf(anchor);
  const place = anchor.getBoundingClientRect();
  /** @type {Cover[]} */
  const covers = [];
  const consider = (/** @type {HTMLElement} */ node) => {
    const { left, top, right, bottom } = node.getBoundingClientRect();
    const around = left < place.right && right > place.left && top < place.bottom && bottom > place.top;
    if (!around && !/fixed|sticky/.test(styleOf(node).position) && !path.includes(node)) return;
    const own = ancestry(node);
    if (own.includes(anchor)) return;
    covers.push(...paintedOver(node, own, path, seen));
  };
  for (const root of all) {
    if (viewOf(root) !== view) continue;
    const nodes = elementsOf(root);
    for (let at = 0; at < nodes.length; at++) attempt(() => consider(nodes[at]));
  }
  return covers;
}

/**
 * An element and its pseudo-elements, as far as they are painted over the target.
 *
 * @param {HTMLElement} node
 * @param {Element[]} own its path
 * @param {Element[]} path of the target
 * @param {Rect} seen
 * @returns {Cover[]}
 */
function paintedOver(node, own, path, seen) {
  /** @type {Cover[]} */
  const found = [];
  const around = path.includes(node);
  if (!isSeen(node, true) && !around) return found;
  if (!around && dims(node)) return [{ node, part: "", rect: { ...seen }, floats: true, modal: true, opaque: false }];
  eachStyle(node, true, (style, part) => {
    if (part === "::marker" || (around && !part)) return;
    const ink = inkOf(node, style, Boolean(part));
    if (!ink || (part && !isPartOver(own, part, style, path))) return;
    if (!part && !isPaintedOver(own, path)) return;
    const box = part && /^(absolute|fixed)$/.test(style.position) ? generatedRect(node, style) : plain(node.getBoundingClientRect());
    const rect = box ? cross(seenOf(box, node).rect, seen) : { ...seen };
    if (rect.width < 1 || rect.height < 1) return;
    const apart = own.filter((one) => !path.includes(one));
    const top = apart.some(isOnTop);
    found.push({
      node, part, rect,
      floats: top || style.position === "fixed" || apart.some((one) => /fixed|sticky/.test(styleOf(one).position)),
      modal: apart.some((one) => attempt(() => one.matches(":modal"), false)),
      opaque: ink === 1 && opacityOf(own) > 0.95 && Number(style.opacity) > 0.95,
    });
  });
  return found;
}

/**
 * Whether an element is a modal dialog whose backdrop shows.
 *
 * @param {Element} node
 */
function dims(node) {
  if (!attempt(() => node.matches(":modal"), false)) return false;
  const { backgroundColor, backgroundImage, backdropFilter } = styleOf(node, "::backdrop");
  return strength(backgroundColor) > 0 || isSet(backgroundImage) || isSet(backdropFilter);
}

/**
 * Whether a pseudo-element is painted over the target.
 *
 * @param {Element[]} own
 * @param {string} part
 * @param {CSSStyleDeclaration} style
 * @param {Element[]} path
 */
function isPartOver(own, part, style, path) {
  const node = own[own.length - 1];
  if (!path.includes(node)) return isPaintedOver(own, path);
  if (style.position === "static") return false;
  const within = path.slice(path.indexOf(node) + 1);
  const [layer] = layersOf(within);
  const [mine, theirs] = [Number(style.zIndex) || 0, layer ? layer[1] : -0.5];
  return mine === theirs ? part === "::after" : mine > theirs;
}

/**
 * Everything that lies over the target, in its own document and in those around it.
 *
 * @returns {Cover[]}
 */
function allCovers() {
  forgetBoxes();
  const seen = picture(wide), all = roots(), found = [];
  for (let at = target; at; ) {
    found.push(...coversOf(at, seen, all));
    const view = viewOf(at);
    at = view === main ? null : /** @type {Element | null} */ (attempt(() => view.frameElement));
  }
  return found;
}

/**
 * Brings the target to where nothing that floats lies over it; what cannot be avoided is put aside.
 *
 * @param {boolean} thorough
 */
function uncover(thorough) {
  if (!target || uncovered === String(thorough)) return;
  uncovered = String(thorough);
  let covers = allCovers();
  const floating = () => covers.filter((one) => one.floats && !one.modal);
  if (floating().length && !wide) {
    keepClear(floating());
    covers = allCovers();
  }
  if (floating().length && !wide && REACHES_BEYOND) {
    wide = true;
    scrollElement(scroller(main), 0, 0);
    covers = allCovers();
  }
  putAside(floating());
  tellCovers(covers.filter((one) => one.modal || !one.floats));
}

/**
 * Scrolls the target out from under what floats at the edges of the viewport.
 *
 * @param {Cover[]} covers
 */
function keepClear(covers) {
  if (!target) return;
  const { width, height } = viewport();
  const inset = { top: 0, right: 0, bottom: 0, left: 0 };
  for (const { rect: { x, y, width: across, height: down } } of covers) {
    const room = { top: y + down, right: width - x, bottom: height - y, left: x + across };
    // A bar at the top or the bottom is wide, a column at a side is high.
    const sides = /** @type {(keyof typeof room)[]} */ (across >= down ? ["top", "bottom"] : ["left", "right"]);
    const side = room[sides[0]] < room[sides[1]] ? sides[0] : sides[1];
    inset[side] = Math.max(inset[side], room[side]);
  }
  const margin = [inset.top, inset.right, inset.bottom, inset.left].map((side) => `${Math.ceil(side)}px`).join(" ");
  restyle(/** @type {HTMLElement} */ (target), { "scroll-margin": margin });
  target.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
}

/**
 * Hides what floats over the target wherever that is.
 *
 * @param {Cover[]} covers
 */
function putAside(covers) {
  for (const { node, part } of covers) {
    const values = { opacity: "0", transition: "none", animation: "none" };
    attempt(() => restylePart(node, part, values));
    overlaid.add(`\`${describe(node)}${part}\` floats over the target and was hidden for its picture`);
  }
}

/**
 * Tells what lies over the target and belongs to the page there.
 *
 * @param {Cover[]} covers
 */
function tellCovers(covers) {
  const seen = picture(wide);
  hiddenBy = "";
  for (const cover of covers) {
    const name = `\`${describe(cover.node)}${cover.part}\``;
    const share = (cover.rect.width * cover.rect.height) / (seen.width * seen.height);
    const lost = cover.opaque ? lostUnder(cover.rect) : "";
    if (cover.modal) hiddenBy = `the modal dialog \`${describe(cover.node)}\` lies over it`;
    else if (lost || (cover.opaque && share > 0.98)) hiddenBy = `${name} lies over ${lost || "all of it"}`;
    else if (share > 0.02) overlaid.add(`${name} lies over ${Math.round(100 * share)} % of the target`);
  }
}

/**
 * The first text or picture of the target that is mostly hidden under a place, in words.
 *
 * @param {Rect} cover
 */
function lostUnder(cover) {
  if (!target) return "";
  const view = viewOf(target);
  const isLost = (/** @type {Rect} */ rect) => {
    const { width, height } = cross(around(outward(shapeOf(rect), view).shape), cover);
    return rect.width > 1 && rect.height > 1 && width * height > 0.5 * rect.width * rect.height;
  };
  const texts = target.ownerDocument.createTreeWalker(target, 4);
  for (let count = 0, text = texts.nextNode(); text && count < 5000; text = texts.nextNode(), count++) {
    if (textRects(/** @type {Text} */ (text)).some(isLost)) return `"${clean(text.nodeValue).trim().slice(0, 60)}"`;
  }
  for (const node of target.querySelectorAll("img,canvas,video,svg,iframe,input,button,select,textarea")) {
    if (isLost(plain(node.getBoundingClientRect()))) return `\`${describe(node)}\``;
  }
  return "";
}
